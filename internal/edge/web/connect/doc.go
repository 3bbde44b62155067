// Package connect is where the platforms are joined: the operator's own applications at YouTube, Instagram, TikTok and Pinterest, the accounts that
// creators connect in their portal, and who already talks about the brand.
//
// Laws:
//   - a token is sealed before it is stored and never shown again;
//   - a page says what each platform allows, what was asked of it, how much of its quota is left, and what went wrong in words;
//   - a creator can disconnect at any time, and what the platform's terms then ask to be deleted is deleted.
package connect
