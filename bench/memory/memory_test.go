package memory

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"rapport/bench"
)

const (
	creators = 100_000
	taps     = 200_000
	role     = "RAPPORT_BENCH_ROLE"
	settle   = 3 * time.Second // for background loops to come to rest
)

// TestMain lets the test program be the peer.
func TestMain(m *testing.M) {
	if os.Getenv(role) == "empty" {
		fmt.Fprintln(os.Stderr, http.ListenAndServe(os.Args[1], http.NotFoundHandler()))
		os.Exit(1)
	}
	os.Exit(m.Run())
}

func BenchmarkMemory(b *testing.B) {
	if testing.Short() {
		b.Skip("takes a minute")
	}
	if runtime.GOOS != "linux" {
		b.Skip("figures come from /proc")
	}
	for b.Loop() {
		measure(b)
	}
}

func measure(b *testing.B) {
	fmt.Printf("\nmemory: %s\n", bench.Machine())
	p := build(b)
	empty := startEmpty(b)
	time.Sleep(settle)
	peer, _ := resident(b, empty)
	fmt.Printf("memory, %-44s %6.1f MiB\n", "an empty net/http server:", peer)
	idle := p.tell(b, "idle")
	p.importCreators(b)
	p.look(b)
	full := p.tell(b, "with 100,000 creators, listed and searched")
	p.tap(b)
	after := p.tell(b, fmt.Sprintf("after %d taps", taps))
	fmt.Printf("memory, %-44s idle %.1f, with creators %.1f, after taps %.1f times the empty server\n", "ratio:", idle/peer, full/peer, after/peer)
	b.ReportMetric(idle, "MiB-idle")
	b.ReportMetric(full, "MiB-creators")
	b.ReportMetric(after, "MiB-taps")
	b.ReportMetric(idle/peer, "ratio-idle")
}

// program is the built command and the server that runs from it.
type program struct {
	path, data, address, key string
	server                   *exec.Cmd
}

func build(b *testing.B) *program {
	b.Helper()
	p := &program{path: filepath.Join(b.TempDir(), "rapport"), data: b.TempDir(), address: freeAddress(b)}
	build := exec.Command("go", "build", "-trimpath", "-buildvcs=false", "-ldflags", "-s -w", "-o", p.path, "rapport/cmd/rapport")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		b.Fatalf("cannot build the program: %v: %s", err, out)
	}
	p.server = start(b, exec.Command(p.path, "serve", "--data", p.data, "--listen", p.address), p.address)
	p.key = strings.TrimSpace(p.run(b, "apikey", "add", "--name", "memory"))
	return p
}

func startEmpty(b *testing.B) *exec.Cmd {
	b.Helper()
	address := freeAddress(b)
	c := exec.Command(os.Args[0], address)
	c.Env = append(os.Environ(), role+"=empty")
	return start(b, c, address)
}

// start starts a server and waits until it answers.
func start(b *testing.B, c *exec.Cmd, address string) *exec.Cmd {
	b.Helper()
	var log bytes.Buffer
	c.Stderr = &log
	if err := c.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = c.Process.Kill(); _ = c.Wait() })
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		if response, err := http.Get("http://" + address + "/healthz"); err == nil {
			_ = response.Body.Close()
			return c
		}
	}
	b.Fatalf("%s does not answer: %s", c.Path, log.String())
	return nil
}

func freeAddress(b *testing.B) string {
	b.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// run runs a command of the program on the server's data and returns what it printed.
func (p *program) run(b *testing.B, args ...string) string {
	b.Helper()
	out, _ := p.measured(b, args...)
	return out
}

func (p *program) measured(b *testing.B, args ...string) (out string, peak float64) {
	b.Helper()
	c := exec.Command(p.path, append(args, "--data", p.data)...)
	var errors bytes.Buffer
	c.Stderr = &errors
	text, err := c.Output()
	if err != nil {
		b.Fatalf("%v: %v: %s", args, err, errors.String())
	}
	used, ok := c.ProcessState.SysUsage().(*syscall.Rusage)
	if !ok {
		b.Fatal("the system does not tell what a process used")
	}
	return string(text), float64(used.Maxrss) / 1024
}

func (p *program) tell(b *testing.B, when string) (mib float64) {
	b.Helper()
	time.Sleep(settle)
	mib, peak := resident(b, p.server)
	fmt.Printf("memory, %-44s %6.1f MiB   (peak %.1f)\n", when+":", mib, peak)
	return mib
}

func resident(b *testing.B, c *exec.Cmd) (now, peak float64) {
	b.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", c.Process.Pid))
	if err != nil {
		b.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		var kib float64
		if n, _ := fmt.Sscanf(line, "VmRSS: %f kB", &kib); n == 1 {
			now = kib / 1024
		}
		if n, _ := fmt.Sscanf(line, "VmHWM: %f kB", &kib); n == 1 {
			peak = kib / 1024
		}
	}
	return now, peak
}

func (p *program) importCreators(b *testing.B) {
	b.Helper()
	var text strings.Builder
	text.WriteString("platform,handle,name,followers,country,bio\n")
	for i := range creators {
		fmt.Fprintf(&text, "tiktok,invented_%06d,Name %d,%d,DE,made up words about life number %d\n", i, i*7919%creators, 1000+i*37%3_000_000, i)
	}
	file := filepath.Join(b.TempDir(), "creators.csv")
	if err := os.WriteFile(file, []byte(text.String()), 0o600); err != nil {
		b.Fatal(err)
	}
	_, peak := p.measured(b, "import", "creators", file)
	fmt.Printf("memory, %-44s %6.1f MiB\n", "the importing command's peak:", peak)
}

// look lists the creators, and looks for what all of them have and what nobody has.
func (p *program) look(b *testing.B) {
	b.Helper()
	for _, q := range []string{"", "q=life&", "q=nobody&"} {
		p.call(b, http.MethodGet, "/api/v1/creators?"+q+"limit=1000", "")
	}
}

func (p *program) call(b *testing.B, method, path, body string) (out map[string]any) {
	b.Helper()
	r, err := http.NewRequestWithContext(b.Context(), method, "http://"+p.address+path, strings.NewReader(body))
	if err != nil {
		b.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+p.key)
	r.Header.Set("Content-Type", "application/json")
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		b.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode >= 300 {
		b.Fatalf("%s %s: %s %v: %s", method, path, response.Status, err, text)
	}
	if err := json.Unmarshal(text, &out); err != nil {
		b.Fatal(err)
	}
	return out
}
