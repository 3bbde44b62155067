// Package creators owns the people a program may work with: creators, their profiles on the platforms, what those profiles showed over time
// (snapshots, posts), and how to reach them.
//
// A creator has profiles; the main profile is the one that was chosen, else the one with the most followers. Its followers give the tier.
// Followers of several platforms are never added up: it is unknown how many people follow twice.
//
//	TikTok 8,200 and Instagram 12,400  →  main profile Instagram, 12,400 followers, tier micro
//	no profile with known followers    →  tier "" (unknown), never nano
//
// Laws kept here:
//   - One account, one profile: (platform, folded handle) is unique in the installation. Handles are compared without case, YouTube's
//     channel ids with it, since they are case-sensitive.
//   - A profile's row is made of its snapshots: the newest known value of each figure. Taking snapshots away and refreshing therefore gives
//     exactly the state before they came.
//   - Rows that belong to an import which is not visible do not exist for anybody.
//   - Public facts (names, profiles, snapshots, posts) are shared in an installation; contacts hang on (program, creator). Which creators a
//     caller may see is cut by partnerships: List and FindIn look at that table (program_id, creator_id, status, group_id), the one look this
//     room takes upstairs. Without it every page of creators would be joined in memory.
package creators
