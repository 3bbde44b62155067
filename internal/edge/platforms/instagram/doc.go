// Package instagram reads Instagram through Meta's Graph API, with Facebook Login for professional accounts.
//
// The words: the asker is the professional account in whose name we ask, the brand's own or a connected creator's; discovery reads any other
// professional account by its name; the marketplace is Meta's own search for creators; a tag or mention is a post of somebody else that names the asker.
//
// What the API does not give: a list of who follows whom, personal accounts, other people's audiences, and who stands behind a post found by a
// hashtag. Hashtags therefore show trends and never find people.
//
// Laws kept here:
//   - a token travels in a header, never in an address, with the proof that we hold the app's secret (appsecret_proof);
//   - after every answer the usage that Meta reports is read, and from 80 % on nothing more is asked for a while, before Meta refuses;
//   - a hashtag that was asked within seven days is free; the 31st new one within seven days is never sent;
//   - what is hidden or not told (likes, views) is unknown, never zero;
//   - lists and texts of answers are bounded before they are walked.
//
// A worked example in numbers: Meta says that 92 % of an hour's calls are used. 92 is 12 above 80, of 20 until the end, so nothing is asked for
// 12/20 of an hour, 36 minutes. At 79 % nothing waits; at 100 % an hour, or as long as Meta itself says.
//
// Sources: https://developers.facebook.com/docs/instagram-platform/instagram-api-with-facebook-login, …/graph-api/overview/rate-limiting,
// …/graph-api/guides/error-handling; field names from IGUser, IGMedia and ShadowIGHashtag of facebook-business-sdk-codegen.
package instagram
