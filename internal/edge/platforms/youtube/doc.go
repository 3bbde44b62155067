// Package youtube reads YouTube through its Data API v3 with Google's own Go client: searches, channels, their uploads, and what is written below.
//
// The words: a search finds videos or channels and costs 100 units of the operator's 10,000 a day; every other call costs 1, and so does each further
// page (https://developers.google.com/youtube/v3/determine_quota_cost). A channel is a profile, a video a post.
//
// Laws kept here:
//   - units are taken before the call, page by page, also for calls that YouTube then refuses: it counts those as well;
//   - ids travel fifty at a time, the most that a call takes;
//   - what a channel hides (subscribers, likes, comments) is unknown, never zero. Google's client reads a missing count as 0, so the answer's own
//     text is asked which counts it held;
//   - whoever wrote a comment is kept as the hash the caller makes of the channel id, nothing else of them;
//   - every list of the answer is bounded before it is walked.
//
// A worked example in numbers: a connected creator with 40 videos costs 1 (channel) + 1 (a page of 50 uploads) + 1 (their counts) + 3 (comments of the
// newest three) = 6 units, so 10,000 units refresh about 1,600 creators a day, or answer 100 searches.
//
// What came is refreshed or deleted within 30 days (developer policies III.E.4, https://developers.google.com/youtube/terms/developer-policies).
package youtube
