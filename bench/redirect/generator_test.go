package redirect

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// result is what a run of the generator measured.
type result struct {
	Rate              float64 // answers per second
	P50, P99, Longest time.Duration
	Share             float64 // of its core that the generator used
}

// A phone's request as it comes from a social app.
const request = "GET /r/glow?utm_source=tiktok HTTP/1.1\r\nHost: go.acme.example\r\n" +
	"User-Agent: Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1\r\n" +
	"Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8\r\nAccept-Language: en-GB,en;q=0.9\r\nAccept-Encoding: gzip, deflate, br\r\n" +
	"Referer: https://www.tiktok.com/\r\n\r\n"

// load runs the generator in a process of its own, on its own core.
func load(b *testing.B, address string, connections int, d time.Duration) (r result) {
	b.Helper()
	c := exec.Command("taskset", "-c", generatorCore, os.Args[0], address, strconv.Itoa(connections), d.String())
	c.Env = append(os.Environ(), role+"=generator", "GOMAXPROCS=1")
	var out bytes.Buffer
	c.Stdout, c.Stderr = &out, os.Stderr
	if err := c.Run(); err != nil {
		b.Fatal("the generator: ", err)
	}
	if err := json.Unmarshal(out.Bytes(), &r); err != nil {
		b.Fatalf("%v in %q", err, out.String())
	}
	r.Share = (c.ProcessState.UserTime() + c.ProcessState.SystemTime()).Seconds() / d.Seconds()
	return r
}

// generate is the generator's part: so many connections, each asking again as soon as it is answered.
func generate(address, connections, duration string) int {
	n, err1 := strconv.Atoi(connections)
	d, err2 := time.ParseDuration(duration)
	took, err3 := ask(address, n, d)
	if err := errors.Join(err1, err2, err3); err != nil {
		fmt.Fprintln(os.Stderr, "the generator of the measurement:", err)
		return 1
	}
	slices.Sort(took)
	r := result{
		Rate: float64(len(took)) / d.Seconds(), P50: took[len(took)/2], P99: took[len(took)*99/100], Longest: took[len(took)-1],
	}
	if err := json.NewEncoder(os.Stdout).Encode(r); err != nil {
		return 1
	}
	return 0
}

func ask(address string, connections int, d time.Duration) (took []time.Duration, err error) {
	var mu sync.Mutex
	var all sync.WaitGroup
	end := time.Now().Add(d)
	for range connections {
		all.Go(func() {
			own, failed := askOn(address, end)
			mu.Lock()
			defer mu.Unlock()
			took, err = append(took, own...), errors.Join(err, failed)
		})
	}
	all.Wait()
	if err == nil && len(took) == 0 {
		err = errors.New("nothing was answered")
	}
	return took, err
}

func askOn(address string, end time.Time) (took []time.Duration, err error) {
	connection, err := net.Dial("tcp", address)
	if err != nil {
		return nil, err
	}
	defer connection.Close()
	if err := connection.SetDeadline(end.Add(10 * time.Second)); err != nil {
		return nil, err
	}
	in := bufio.NewReaderSize(connection, 4096)
	for began := time.Now(); began.Before(end); {
		if _, err := connection.Write([]byte(request)); err != nil {
			return nil, err
		}
		if err := readAnswer(in); err != nil {
			return nil, err
		}
		now := time.Now()
		took = append(took, now.Sub(began))
		began = now
	}
	return took, nil
}

// readAnswer reads one answer and demands that it redirects.
func readAnswer(in *bufio.Reader) error {
	length := 0
	for first := true; ; first = false {
		line, err := in.ReadSlice('\n')
		if err != nil {
			return err
		}
		switch {
		case first && !bytes.HasPrefix(line, []byte("HTTP/1.1 302")):
			return fmt.Errorf("answered %q", line)
		case len(line) == 2:
			_, err := in.Discard(length)
			return err
		case bytes.HasPrefix(line, []byte("Content-Length: ")):
			if length, err = strconv.Atoi(strings.TrimSpace(string(line[16:]))); err != nil {
				return err
			}
		}
	}
}
