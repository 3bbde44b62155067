package mail

import (
	"bufio"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"math/big"
	"net"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

const hangUpNow = "" // as an answer: the server hangs up instead of answering

// post is a small mail server. It answers what the tests put into answers, else as a server does that likes every mail.
type post struct {
	host string
	port int
	cert *tls.Certificate // offers STARTTLS

	mu      sync.Mutex
	answers map[string][]string // by command, or "." for the end of the content: used up one by one
	said    []string            // the commands, in order
	mails   []string            // the contents that were sent whole
	serving sync.WaitGroup
}

func newPost(t *testing.T, cert *tls.Certificate, answers map[string][]string) *post {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &post{host: "127.0.0.1", port: listener.Addr().(*net.TCPAddr).Port, cert: cert, answers: answers}
	p.serving.Go(func() {
		for {
			connection, err := listener.Accept()
			if err != nil {
				return
			}
			p.serving.Go(func() { p.serve(connection) })
		}
	})
	t.Cleanup(func() { _ = listener.Close(); p.serving.Wait() })
	return p
}

func (p *post) serve(connection net.Conn) {
	defer func() { _ = connection.Close() }()
	_ = connection.SetDeadline(time.Now().Add(30 * time.Second))
	in, encrypted := bufio.NewReader(connection), false
	command, text := "greeting", ""
	for {
		answer := p.answer(command, encrypted)
		if answer == hangUpNow {
			return
		}
		if _, err := fmt.Fprintf(connection, "%s\r\n", answer); err != nil || command == "QUIT" {
			return
		}
		switch {
		case command == "STARTTLS":
			connection = tls.Server(connection, &tls.Config{Certificates: []tls.Certificate{*p.cert}})
			in, encrypted = bufio.NewReader(connection), true
		case command == "DATA" && strings.HasPrefix(answer, "354"):
			if text = content(in); text == "" {
				return
			}
			command = "."
			p.keep(text)
			continue
		}
		line, err := in.ReadString('\n')
		if err != nil {
			return
		}
		line = strings.TrimRight(line, "\r\n")
		p.note(line)
		verb, _, _ := strings.Cut(line, " ")
		command = strings.ToUpper(verb)
	}
}

// content reads up to the lonely dot; it is empty if the line broke before.
func content(in *bufio.Reader) string {
	var text strings.Builder
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return ""
		}
		if line == ".\r\n" {
			return text.String()
		}
		text.WriteString(strings.TrimPrefix(line, "."))
	}
}

func (p *post) answer(command string, encrypted bool) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	if prepared := p.answers[command]; len(prepared) > 0 {
		p.answers[command] = prepared[1:]
		return prepared[0]
	}
	switch command {
	case "greeting":
		return "220 post.example ESMTP"
	case "EHLO":
		lines := []string{"post.example", "ENHANCEDSTATUSCODES", "8BITMIME", "AUTH PLAIN LOGIN"}
		if p.cert != nil && !encrypted {
			lines = append(lines, "STARTTLS")
		}
		return "250-" + strings.Join(lines[:len(lines)-1], "\r\n250-") + "\r\n250 " + lines[len(lines)-1]
	case "AUTH":
		return "235 2.7.0 welcome"
	case "DATA":
		return "354 go on"
	case "STARTTLS":
		return "220 go on"
	case "QUIT":
		return "221 bye"
	default:
		return "250 2.0.0 ok"
	}
}

func (p *post) note(line string) { p.mu.Lock(); p.said = append(p.said, line); p.mu.Unlock() }
func (p *post) keep(text string) { p.mu.Lock(); p.mails = append(p.mails, text); p.mu.Unlock() }

// heard returns the commands that begin with a word.
func (p *post) heard(word string) []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(p.said), func(line string) bool { return !strings.HasPrefix(line, word) })
}

func (p *post) got() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.mails)
}

// certificate is one for 127.0.0.1 that those who hold the pool trust.
func certificate(t *testing.T) (*tls.Certificate, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "post.example"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(parsed)
	return &tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, pool
}
