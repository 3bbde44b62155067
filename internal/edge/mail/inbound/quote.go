package inbound

import (
	"regexp"
	"strings"
)

// attributions are the lines with which mail programs introduce what they quote: "On 3 March 2026, Anna wrote:".
var attributions = regexp.MustCompile(`(?i)^\s*(on\s.{0,300}\swrote|am\s.{0,300}\sschrieb.{0,200}|le\s.{0,300}\sa écrit\s?|el\s.{0,300}\sescribió|il\s.{0,300}\sha scritto|op\s.{0,300}\sschreef.{0,200}|em\s.{0,300}\sescreveu|den\s.{0,300}\sskrev.{0,200}):\s*$`)

// dividers stand above a whole mail that is quoted below.
var dividers = regexp.MustCompile(`(?i)^\s*-{2,}\s*(original message|ursprüngliche nachricht|original-nachricht|message d'origine|mensaje original|messaggio originale|oorspronkelijk bericht|forwarded message|weitergeleitete nachricht)\s*-{2,}\s*$`)

// heads are the lines of a quoted mail's head, as Outlook writes them.
var heads = regexp.MustCompile(`(?i)^\s*\*?(from|von|de|sent|gesendet|envoyé|enviado|date|datum|to|an|à|para|subject|betreff|objet|asunto|cc)\s?:\*?\s`)

var dated = regexp.MustCompile(`\b(19|20)\d\d\b|@`)

// Display is a mail's text without what it quotes. Words between quoted lines stay. Where nothing would be left, the text stays whole.
func Display(text string) string {
	lines := strings.Split(text, "\n")
	var kept []string
	for i := 0; i < len(lines); i++ {
		if dividers.MatchString(lines[i]) || isHead(lines[i:]) {
			break
		}
		if n := attribution(lines[i:]); n > 0 {
			if !quoted(lines[i+n:]) && dated.MatchString(strings.Join(lines[i:i+n], " ")) {
				break // quoted without signs: all that follows
			}
			if quoted(lines[i+n:]) {
				i += n - 1
				continue
			}
		}
		if !strings.HasPrefix(strings.TrimLeft(lines[i], " "), ">") {
			kept = append(kept, lines[i])
		}
	}
	if shown := strings.TrimSpace(strings.Join(kept, "\n")); shown != "" {
		return emptyLines.ReplaceAllString(shown, "\n\n")
	}
	return strings.TrimSpace(text)
}

var emptyLines = regexp.MustCompile(`\n[ \t]*(\n[ \t]*){2,}`)

// attribution says over how many lines, which programs break at 76 characters, an attribution goes; 0 if there is none.
func attribution(lines []string) int {
	joined := ""
	for n := 1; n <= min(3, len(lines)); n++ {
		line := strings.TrimSpace(lines[n-1])
		if line == "" || strings.HasPrefix(line, ">") {
			return 0
		}
		if joined += " " + line; len(joined) > 600 {
			return 0
		}
		if attributions.MatchString(joined) {
			return n
		}
	}
	return 0
}

// quoted reports whether the next line that is not empty is a quoted one.
func quoted(lines []string) bool {
	for _, line := range lines[:min(len(lines), 5)] {
		if line = strings.TrimSpace(line); line != "" {
			return strings.HasPrefix(line, ">")
		}
	}
	return false
}

// isHead reports whether three of the next four lines are those of a mail's head, the first among them.
func isHead(lines []string) bool {
	n := 0
	for i, line := range lines[:min(4, len(lines))] {
		is := len(line) <= 600 && heads.MatchString(line)
		if i == 0 && !is {
			return false
		}
		if is {
			n++
		}
	}
	return n >= 3
}
