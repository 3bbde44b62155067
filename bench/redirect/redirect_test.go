package redirect

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"rapport/internal/track/clicks"
)

// The test program plays three parts: it measures, or it is the server, or the generator, each a process of its own on its core.
const role = "RAPPORT_BENCH_ROLE"

const (
	serverCore    = "0"
	generatorCore = "1"
	runs          = 7
	runTime       = 1500 * time.Millisecond
	nginxPath     = "/usr/sbin/nginx"
)

func TestMain(m *testing.M) {
	switch os.Getenv(role) {
	case "server":
		os.Exit(serve(os.Args[1], os.Args[2] == "durable"))
	case "generator":
		os.Exit(generate(os.Args[1], os.Args[2], os.Args[3]))
	default:
		os.Exit(m.Run())
	}
}

// peer is a server under measurement.
type peer struct {
	name    string
	address string
	stop    func()
	runs    []result
}

func BenchmarkRedirect(b *testing.B) {
	if runtime.NumCPU() < 2 {
		b.Skip("one core for the server and one for the generator are needed")
	}
	if _, err := exec.LookPath("taskset"); err != nil {
		b.Skip("taskset is needed to give the server a core (package util-linux)")
	}
	for b.Loop() {
		measure(b)
	}
}

func measure(b *testing.B) {
	p50, p99 := probeDisk(b)
	fmt.Printf("\nredirect: %d cores, %s; server on core %s, generator on core %s; a lone click on this disk (write, fdatasync): p50 %v, p99 %v\n",
		runtime.NumCPU(), cpuName(), serverCore, generatorCore, p50, p99)
	durable, plain := startServer(b, "durable"), startServer(b, "plain")
	defer durable.stop()
	defer plain.stop()
	peers := []*peer{durable, plain}
	if nginx, err := startNginx(b); err != nil {
		fmt.Println("redirect: no nginx beside it:", err)
	} else {
		defer nginx.stop()
		peers = append(peers, nginx)
	}
	for _, connections := range []int{64, 256} {
		for _, p := range peers {
			p.runs = nil
			p.run(b, connections, runTime/3) // warm
			p.runs = nil
		}
		before := durable.stats(b)
		for i := range runs {
			for _, p := range peers {
				if p.name != "nginx" || i%3 == 0 {
					p.run(b, connections, runTime)
				}
			}
		}
		tell(b, connections, peers, before, durable.stats(b))
	}
}

// tell prints the medians of one number of connections.
func tell(b *testing.B, connections int, peers []*peer, before, after clicks.Stats) {
	rate := map[string]float64{}
	for _, p := range peers {
		m := p.median()
		rate[p.name] = m.Rate
		fmt.Printf("redirect, %3d connections, %-8s %8.0f/s   p50 %7v   p99 %7v   longest %7v   generator at %3.0f %% of its core\n",
			connections, p.name, m.Rate, m.P50.Round(10*time.Microsecond), m.P99.Round(10*time.Microsecond), m.Longest.Round(10*time.Microsecond), 100*m.Share)
		b.ReportMetric(m.Rate, fmt.Sprintf("%s-%d/s", p.name, connections))
		b.ReportMetric(float64(m.P99.Microseconds()), fmt.Sprintf("%s-%d-p99-µs", p.name, connections))
	}
	batches := after.Batches - before.Batches
	fmt.Printf("redirect, %3d connections, with the log %.2f of without it", connections, rate["durable"]/rate["plain"])
	if rate["nginx"] > 0 {
		fmt.Printf(", %.2f of nginx", rate["durable"]/rate["nginx"])
	}
	fmt.Printf("; %.1f clicks in a batch, %.0f µs for its fdatasync; lost %d\n",
		float64(after.Appended-before.Appended)/float64(batches), float64(after.SyncMicros.Sum-before.SyncMicros.Sum)/float64(batches), after.Lost-before.Lost)
	b.ReportMetric(rate["durable"]/rate["plain"], fmt.Sprintf("ratio-%d", connections))
	if after.Lost != before.Lost {
		b.Errorf("%d clicks were lost", after.Lost-before.Lost)
	}
}

func (p *peer) run(b *testing.B, connections int, d time.Duration) {
	b.Helper()
	p.runs = append(p.runs, load(b, p.address, connections, d))
}

// median is the run with the median rate.
func (p *peer) median() result {
	slices.SortFunc(p.runs, func(a, b result) int { return cmp.Compare(a.Rate, b.Rate) })
	return p.runs[len(p.runs)/2]
}

func (p *peer) stats(b *testing.B) (s clicks.Stats) {
	b.Helper()
	connection, err := net.Dial("tcp", p.address)
	if err != nil {
		b.Fatal(err)
	}
	defer connection.Close()
	fmt.Fprint(connection, "GET /stats HTTP/1.0\r\n\r\n")
	var answer bytes.Buffer
	if _, err := answer.ReadFrom(connection); err != nil {
		b.Fatal(err)
	}
	_, body, _ := strings.Cut(answer.String(), "\r\n\r\n")
	if err := json.Unmarshal([]byte(body), &s); err != nil {
		b.Fatalf("%v in %q", err, answer.String())
	}
	return s
}

// startServer starts this program again as the server, and reads the address it prints.
func startServer(b *testing.B, kind string) *peer {
	b.Helper()
	c := exec.Command("taskset", "-c", serverCore, os.Args[0], b.TempDir(), kind)
	c.Env = append(os.Environ(), role+"=server", "GOMAXPROCS=2")
	c.Stderr = os.Stderr
	out, err := c.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := c.Start(); err != nil {
		b.Fatal(err)
	}
	stop := func() { _ = c.Process.Kill(); _ = c.Wait() }
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		stop()
		b.Fatal("the server did not start: ", err)
	}
	return &peer{name: kind, address: strings.TrimSpace(line), stop: stop}
}

func startNginx(b *testing.B) (*peer, error) {
	b.Helper()
	if _, err := os.Stat(nginxPath); err != nil {
		return nil, err
	}
	dir := b.TempDir()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	address := l.Addr().String()
	if err := l.Close(); err != nil {
		return nil, err
	}
	config := fmt.Sprintf(`daemon off; master_process off; worker_processes 1; pid %[1]s/pid; error_log stderr crit;
events { worker_connections 1024; }
http {
	access_log off; keepalive_requests 1000000000; keepalive_timeout 600s;
	client_body_temp_path %[1]s/a; proxy_temp_path %[1]s/b; fastcgi_temp_path %[1]s/c; uwsgi_temp_path %[1]s/d; scgi_temp_path %[1]s/e;
	server { listen %[2]s; location / { return 302 https://acme.example/serum; } }
}
`, dir, address)
	path := filepath.Join(dir, "nginx.conf")
	if err := os.WriteFile(path, []byte(config), 0o600); err != nil {
		return nil, err
	}
	var said bytes.Buffer
	c := exec.Command("taskset", "-c", serverCore, nginxPath, "-p", dir, "-c", path)
	c.Stderr = &said
	if err := c.Start(); err != nil {
		return nil, err
	}
	stop := func() { _ = c.Process.Kill(); _ = c.Wait() }
	for deadline := time.Now().Add(5 * time.Second); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		if connection, err := net.Dial("tcp", address); err == nil {
			return &peer{name: "nginx", address: address, stop: stop}, connection.Close()
		}
	}
	stop()
	return nil, fmt.Errorf("it does not answer: %s", said.String())
}

// probeDisk measures what a lone click takes to be on the disk that holds the logs.
func probeDisk(b *testing.B) (p50, p99 time.Duration) {
	b.Helper()
	dir := b.TempDir()
	l, err := clicks.Open(dir, clicks.Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer l.Close()
	took := make([]time.Duration, 300)
	for i := range took {
		began := time.Now()
		if _, err := l.Append(b.Context(), clicks.Click{LinkNo: 1, At: began}); err != nil {
			b.Fatal(err)
		}
		took[i] = time.Since(began)
	}
	slices.Sort(took)
	return took[len(took)/2].Round(time.Microsecond), took[len(took)*99/100].Round(time.Microsecond)
}

func cpuName() string {
	info, err := os.ReadFile("/proc/cpuinfo")
	if err != nil {
		return runtime.GOARCH
	}
	for line := range strings.Lines(string(info)) {
		if name, ok := strings.CutPrefix(line, "model name"); ok {
			return strings.Trim(name, " \t:\n")
		}
	}
	return runtime.GOARCH
}
