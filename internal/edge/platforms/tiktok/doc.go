// Package tiktok is what TikTok lets a program know of a creator who connects: Login Kit for the consent, Display API for the profile's counts and the
// public videos. Nothing of anybody who did not connect can be had: TikTok has no search for businesses like ours.
//
// Sources, all under https://developers.tiktok.com/doc/: login-kit-web, oauth-user-access-token-management (tokens, rotation, revoke),
// oauth-error-handling, tiktok-api-v2-get-user-info, tiktok-api-v2-video-list, tiktok-api-v2-video-object, tiktok-api-v2-error-handling,
// tiktok-api-v2-rate-limit.
//
// The words: an answer is an envelope of data and error, and error.code is "ok" when all is well, also beside status 200; open_id names an account
// towards one app; a cursor is the time of the last video in milliseconds, and one page holds at most 20 videos.
//
// A worked example in numbers: a creator with 47 videos costs one call to user/info and three to video/list (20 + 20 + 7), of 600 a minute each. A
// video that TikTok shows with like_count 0 has no likes; one whose like_count is missing has unknown ones.
package tiktok
