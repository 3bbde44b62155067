package dbtest

import (
	"database/sql"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

// server is a PostgreSQL server that tests may create databases on.
type server struct{ base *url.URL }

func (s *server) url(database string) string {
	u := *s.base
	u.Path = "/" + database
	return u.String()
}

var postgres = sync.OnceValues(func() (*server, error) {
	if dsn := os.Getenv("RAPPORT_TEST_POSTGRES"); dsn != "" {
		base, err := url.Parse(dsn)
		if err != nil {
			return nil, errors.New("RAPPORT_TEST_POSTGRES is no URL")
		}
		return &server{base}, nil
	}
	dsn, _, err := StartPostgres()
	if err != nil {
		return nil, err
	}
	base, err := url.Parse(dsn)
	return &server{base}, err
})

const startDeadline = 30 * time.Second

// StartPostgres starts a throw-away server on a free loopback port and returns its URL. It ends when stop is called or this process dies. It is
// fast and forgetful; settings ("fsync=on") come after its own and win.
func StartPostgres(settings ...string) (dsn string, stop func(), err error) {
	bin, err := findBinaries()
	if err != nil {
		return "", nil, err
	}
	credential, err := unprivileged()
	if err != nil {
		return "", nil, err
	}
	dir, err := os.MkdirTemp("", "rapport-postgres-")
	if err != nil {
		return "", nil, err
	}
	if credential != nil {
		if err := os.Chown(dir, int(credential.Uid), int(credential.Gid)); err != nil {
			return "", nil, err
		}
	}
	data := filepath.Join(dir, "data")
	initdb := exec.Command(filepath.Join(bin, "initdb"), "-D", data, "-U", "rapport", "--auth=trust", "--no-sync", "--locale=C", "--encoding=UTF8") //nolint:gosec // found on the system
	initdb.Dir, initdb.SysProcAttr = dir, &syscall.SysProcAttr{Credential: credential}
	if out, err := initdb.CombinedOutput(); err != nil {
		return "", nil, fmt.Errorf("initdb failed: %w: %s", err, out)
	}
	port, err := freePort()
	if err != nil {
		return "", nil, err
	}
	stop, err = runServer(filepath.Join(bin, "postgres"), dir, data, port, credential, settings)
	if err != nil {
		return "", nil, err
	}
	return fmt.Sprintf("postgres://rapport@127.0.0.1:%d/postgres", port), stop, nil
}

// runServer starts the server from a thread that lives as long as this process, since the kernel ends the child with the thread that made it.
func runServer(postgres, dir, data string, port int, credential *syscall.Credential, settings []string) (stop func(), err error) {
	server := exec.Command(postgres, "-D", data, "-p", strconv.Itoa(port), "-k", dir, "-h", "127.0.0.1", //nolint:gosec // found on the system
		"-c", "fsync=off", "-c", "full_page_writes=off", "-c", "synchronous_commit=on", "-c", "max_connections=300",
		"-c", "shared_buffers=128MB", "-c", "log_min_messages=panic")
	for _, s := range settings {
		server.Args = append(server.Args, "-c", s)
	}
	server.Dir = dir
	server.SysProcAttr = &syscall.SysProcAttr{Credential: credential, Pdeathsig: syscall.SIGQUIT}
	started := make(chan error)
	exited := make(chan struct{})
	go func() {
		runtime.LockOSThread()
		started <- server.Start()
		_ = server.Wait()
		_ = os.RemoveAll(dir)
		close(exited)
	}()
	if err := <-started; err != nil {
		return nil, fmt.Errorf("cannot start PostgreSQL: %w", err)
	}
	stop = func() {
		_ = server.Process.Signal(syscall.SIGQUIT)
		<-exited
	}
	if err := answers(fmt.Sprintf("postgres://rapport@127.0.0.1:%d/postgres?sslmode=disable", port)); err != nil {
		stop()
		return nil, err
	}
	return stop, nil
}

// answers waits until the server lets somebody in; it listens before it does.
func answers(dsn string) error {
	handle, err := sql.Open("pgx", dsn)
	if err != nil {
		return err
	}
	defer handle.Close()
	for deadline := time.Now().Add(startDeadline); ; time.Sleep(20 * time.Millisecond) {
		err := handle.Ping()
		if err == nil {
			return nil
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("PostgreSQL does not answer: %w", err)
		}
	}
}

// findBinaries looks where distributions put the server's programs, newest version first.
func findBinaries() (string, error) {
	if dir := os.Getenv("RAPPORT_POSTGRES_BIN"); dir != "" {
		return dir, nil
	}
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	slices.SortFunc(found, func(a, b string) int { return version(b) - version(a) })
	for _, initdb := range found {
		return filepath.Dir(initdb), nil
	}
	if path, err := exec.LookPath("initdb"); err == nil {
		return filepath.Dir(path), nil
	}
	return "", errors.New("the package postgresql is not installed (initdb was not found)")
}

func version(path string) int {
	n, _ := strconv.Atoi(strings.Split(strings.TrimPrefix(path, "/usr/lib/postgresql/"), "/")[0])
	return n
}

// unprivileged names the user to run as when we are root, since PostgreSQL refuses to run as root.
func unprivileged() (*syscall.Credential, error) {
	if os.Geteuid() != 0 {
		return nil, nil //nolint:nilnil // no change of user
	}
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, _ := strconv.ParseUint(u.Uid, 10, 32)
		gid, _ := strconv.ParseUint(u.Gid, 10, 32)
		return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, nil
	}
	return nil, errors.New("PostgreSQL refuses to run as root and there is neither a user postgres nor nobody")
}

func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port, nil //nolint:forcetypeassert // a TCP listener has a TCP address
}
