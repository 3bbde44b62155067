package main

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"rapport/internal/browsertest"
)

// people writes two files of invented creators: who they are, and what they posted. The first half writes of skincare in other words than
// "skincare"; the rest of other things.
func people(t *testing.T) (creatorsFile, postsFile string) {
	t.Helper()
	beauty := []string{"gentle cleanser for reactive faces #cleanser", "my oat milk moisturizer, no animal testing #crueltyfree", "spf every morning #sunscreen", "hyaluronic serum after the shower #serum", "calm barrier, calm day #glowingskin"}
	other := []string{"sourdough and soup #baking", "squats and rows #gym", "patch notes of the week #gaming", "a week in the alps #travel", "shelf paint, before and after #diy"}
	who, said := &strings.Builder{}, &strings.Builder{}
	who.WriteString("platform,handle,name,followers,following,posts_total,country,language,bio,email\n")
	said.WriteString("platform,handle,post,posted_at,seen_at,views,likes,comments,hashtags,caption\n")
	for i := range 60 {
		handle, lines, country := fmt.Sprintf("maker%02d", i), other, "FR"
		if i < 30 {
			lines, country = beauty, []string{"DE", "AT"}[i%2]
		}
		fmt.Fprintf(who, "instagram,%s,Maker %02d,%d,%d,%d,%s,de,%s,%s@mail.example\n", handle, i, 3000+i*731, 400+i, 200+i, country, "about what I love", handle)
		for n := range 6 {
			line := lines[(i+n)%len(lines)]
			words, tag, _ := strings.Cut(line, " #")
			likes := 150 + (i*37+n*53)%160
			fmt.Fprintf(said, "instagram,%s,p%02d%d,2026-11-%02d 10:00:00,2026-11-20 10:00:00,%d,%d,%d,%s,\"%s\"\n", handle, i, n, 4+n*2, likes*20, likes, likes/18, tag, words)
		}
	}
	folder := t.TempDir()
	creatorsFile, postsFile = filepath.Join(folder, "makers.csv"), filepath.Join(folder, "posts.csv")
	for file, text := range map[string]string{creatorsFile: who.String(), postsFile: said.String()} {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return creatorsFile, postsFile
}

// bring imports a file as a person does: look, try, take.
func (b *brand) bring(file, expect string) {
	b.Helper()
	b.owner.Go(b.at("/imports"))
	b.owner.Upload("File", file)
	b.owner.Click("Look at the file")
	b.owner.WaitText("What does each column mean?")
	b.owner.Click("See what would happen")
	b.owner.WaitText(expect)
	b.owner.ClickCSS("main form[action$='/import'] button[type=submit]")
	b.owner.WaitText("Imported")
}

const customers = "vegan skincare for sensitive skin, for women 25-40 in Germany and Austria who care about animal welfare"

// eventually asks until something that happens in the background has happened.
func eventually(t *testing.T, what string, happened func() bool) {
	t.Helper()
	for began := time.Now(); time.Since(began) < mostWait; time.Sleep(200 * time.Millisecond) {
		if happened() {
			return
		}
	}
	t.Fatalf("within %v: %s", mostWait, what)
}

// From a sentence about the customers to a shortlist of twenty: checked, exported, contacted, applied and let in, by clicks alone.
func TestASentenceBecomesPartners(t *testing.T) {
	browser := browsertest.Open(t)
	b := openBrand(t, browser)
	who, said := people(t)
	b.bring(who, "60")
	b.bring(said, "360")

	ada := b.owner
	eventually(t, "the search knows the people", func() bool {
		if ada.Go(b.at("/creators")); ada.Has("Nobody is here yet") || ada.Has("Your import is being read") {
			return false
		}
		ada.Fill("Words, @account, or a sentence about your customers", customers)
		ada.Press("Enter")
		return strings.Contains(ada.Text("main"), "of 100") && strings.Contains(ada.Text("main"), "Fits") || strings.Contains(ada.Text("main"), "Look closer")
	})
	ada.WaitText("How your sentence was read")
	ada.CheckAccessible()
	ada.Screenshot("shortlist-search")
	rows := ada.Texts("#creators tbody tr")
	if len(rows) < 20 {
		t.Fatalf("%d were found", len(rows))
	}
	for i, row := range rows[:20] {
		if name := regexp.MustCompile(`Maker (\d\d)`).FindStringSubmatch(row); name == nil || name[1] >= "30" {
			t.Errorf("place %d of the fit is %q, who writes of other things", i+1, row)
		}
		ada.Check("Select " + regexp.MustCompile(`Maker \d\d`).FindString(row))
	}
	ada.Click("Add to list")
	ada.Fill("Name of the new list", "Skin, autumn")
	ada.Click("Put on the list")
	ada.WaitText("20 people were put on the list")
	ada.CheckAccessible()
	ada.Screenshot("shortlist-list")
	file := ada.Download(func() { ada.Click("Export") })
	if lines := strings.Count(string(file.Data), "\n"); lines != 21 || !strings.Contains(string(file.Data), "Maker 0") {
		t.Errorf("the export has %d lines:\n%.500s", lines, file.Data)
	}

	b.writeFirst()
	b.letIn(browser)
}

// writeFirst prepares a direct message to whoever is next, and notes it as sent.
func (b *brand) writeFirst() {
	b.Helper()
	b.owner.Go(b.at("/reach"))
	if b.owner.Has("Make the link and the message") {
		b.owner.Click("Make the link and the message")
	}
	b.owner.WaitText("I sent it")
	b.owner.CheckAccessible()
	b.owner.Screenshot("shortlist-queue")
	b.owner.Click("I sent it")
	b.owner.WaitText("Noted in the conversation with")
	b.owner.Go(b.at("/creators/pipeline"))
	b.owner.WaitText("Contacted")
}

// letIn opens the application page, lets one of the people apply on their phone, and approves them.
func (b *brand) letIn(browser *browsertest.Browser) {
	b.Helper()
	b.owner.Go(b.at("/applications"))
	b.owner.Click("Make the form")
	b.owner.Click("Save")
	b.owner.WaitText("The form is saved")
	page := b.owner.Value("Your application page")

	phone := browser.NewPage(browsertest.Phone)
	opened := time.Now()
	phone.Go(page)
	phone.Fill("Your name", "Maker Seven")
	phone.Fill("Mail address", "maker07@mail.example")
	phone.Fill("Account 1", "https://www.instagram.com/maker07")
	phone.Fill("Why would you like to work with Fernwood Tea?", "I have used your balm for years.")
	phone.Check("I accept the terms above")
	time.Sleep(time.Until(opened.Add(leastToFill))) // no person is faster, and the form knows it
	phone.Click("Send")
	phone.WaitText("Look into your mail")
	phone.Go(regexp.MustCompile(`http://\S+/application/\S+`).FindString(b.letter("confirm your application")))
	phone.Click("Send my application")
	phone.WaitText("is looking at your application")
	phone.CheckAccessible()

	b.owner.Go(b.at("/applications"))
	b.owner.Click("Maker 07")
	b.owner.WaitText("I have used your balm for years.")
	b.owner.Click("Approve")
	b.owner.ClickCSS("dialog[open] button[type=submit]")
	b.owner.WaitText("is a partner now, with a link and a code")
	phone.Go(regexp.MustCompile(`http://\S+/enter/\S+`).FindString(b.letter("You are in")))
	phone.Click("Continue")
	phone.Click("Caption, code and QR code")
	phone.WaitText("Your code")
	if code := phone.Value("Your code"); !strings.HasPrefix(code, "MAKER") {
		b.Errorf("the code is %q", code)
	}
}

// leastToFill is how fast the application form may be filled in.
const leastToFill = 3 * time.Second

// The same way through the interface: a sentence, fit, a list and its file, check-ups, talks, an application, a partner.
func TestASentenceBecomesPartnersThroughTheInterface(t *testing.T) {
	b := openBrand(t, nil)
	who, said := people(t)
	for _, file := range []string{who, said} {
		if out, err := b.command("import", "creators", file, "--program", b.program).CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
	}
	get := func(path string) map[string]any {
		status, found, err := b.call(t.Context(), b.key, http.MethodGet, "/api/v1"+path, "")
		if err != nil || status != http.StatusOK {
			t.Fatalf("%s: %d %v %v", path, status, found, err)
		}
		return found
	}
	var items []any
	eventually(t, "the search knows the people", func() bool {
		items, _ = get("/creators?limit=20&sort=fit&program_id=" + b.program + "&about=" + strings.ReplaceAll(customers, " ", "+"))["items"].([]any)
		if len(items) < 20 {
			return false
		}
		_, fits := items[0].(map[string]any)["fit"].(map[string]any)
		return fits
	})
	var ids []string
	for _, one := range items {
		ids = append(ids, `"`+one.(map[string]any)["id"].(string)+`"`)
	}
	first := items[0].(map[string]any)["id"].(string)
	list, _ := b.must(b.key, "/api/v1/lists", `{"program_id": "`+b.program+`", "name": "Skin"}`)["id"].(string)
	b.must(b.key, "/api/v1/lists/"+list+"/creators", `{"creator_ids": [`+strings.Join(ids, ", ")+`]}`)
	if members, _ := get("/lists/" + list + "/creators")["items"].([]any); len(members) != 20 {
		t.Errorf("the list has %d people", len(members))
	}
	if report := get("/creators/" + first + "/vetting?program_id=" + b.program); report["verdict"] == "" || report["verdict"] == nil {
		t.Errorf("the check-up says %v", report)
	}
	partnership := get("/partnerships?program_id=" + b.program + "&creator_id=" + first)["items"].([]any)[0].(map[string]any)["id"].(string)
	if status, changed, err := b.call(t.Context(), b.key, http.MethodPatch, "/api/v1/partnerships/"+partnership, `{"status": "contacted"}`); err != nil || status != http.StatusOK || changed["status"] != "contacted" {
		t.Errorf("%d %v %v", status, changed, err)
	}

	applied := b.must(b.key, "/api/v1/applications", `{"program_id": "`+b.program+`", "name": "Maker Seven", "email": "maker07@mail.example", "email_confirmed": true,
		"profiles": [{"platform": "instagram", "handle": "maker07"}], "accepted": true}`)
	if applied["status"] != "waiting" || applied["claimed"] != false {
		t.Errorf("the application is %v", applied)
	}
	approved := b.must(b.key, "/api/v1/applications/"+applied["id"].(string)+"/approve", `{}`)
	codes, _ := get("/codes?program_id=" + b.program + "&partnership_id=" + approved["partnership_id"].(string))["items"].([]any)
	if approved["status"] != "approved" || len(codes) != 1 {
		t.Errorf("the answer is %v, with %d codes", approved, len(codes))
	}
}
