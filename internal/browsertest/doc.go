// Package browsertest clicks through pages in a real Chromium, as a person would, and counts the clicks.
//
// A test opens the browser once and as many pages as people take part; each page has cookies of its own, so a merchant and a creator are
// logged in side by side:
//
//	browser := browsertest.Open(t)
//	merchant := browser.NewPage(browsertest.Desktop)
//	creator := browser.NewPage(browsertest.Phone)
//	merchant.Go(server.URL + "/login")
//	merchant.Fill("Email", "ada@example.com")
//	merchant.Click("Log in")
//	merchant.Within("tr", "Grace").Click("Approve")
//	merchant.WaitText("Grace is a partner")
//	merchant.CheckAccessible()
//	t.Logf("%d clicks", merchant.Clicks())
//
// Elements are found by what a person or a screen reader is told: the visible name, the role, the label of a field. What is hidden, disabled or
// covered by something else cannot be clicked, and a name that fits two different things fails the test. After every act the page is
// waited for: the navigation, the requests and htmx's swaps are over. There are no sleeps, and everything has a deadline.
//
// A page fails its test at the end if an error was written to its console, a script threw, the content security policy refused something, a
// request failed or was answered with 4xx or 5xx, or a dialog of the browser opened. A test that means to cause one says so before, with
// ExpectProblem. Nothing but this machine can be reached: other hosts do not resolve.
package browsertest
