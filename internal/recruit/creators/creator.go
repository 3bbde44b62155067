package creators

import (
	"time"

	"rapport/internal/base/programs"
)

// ID names a creator: cre_….
type ID string

// ProfileID names a profile: prf_….
type ProfileID string

// PostID names a post: pst_….
type PostID string

// The prefixes of this room's ids.
const (
	Prefix        = "cre"
	ProfilePrefix = "prf"
	PostPrefix    = "pst"
)

// Tier sorts creators by the followers of their main profile.
type Tier string

// The tiers. The lower bound belongs to the tier.
const (
	TierUnknown Tier = ""
	TierNano    Tier = "nano"  // below 10,000
	TierMicro   Tier = "micro" // below 100,000
	TierMacro   Tier = "macro" // below 1,000,000
	TierMega    Tier = "mega"
)

// Valid reports whether t is one of the known tiers; unknown is none.
func (t Tier) Valid() bool {
	return t == TierNano || t == TierMicro || t == TierMacro || t == TierMega
}

// TierOf returns the tier of a number of followers.
func TierOf(followers int64) Tier {
	switch {
	case followers < 10_000:
		return TierNano
	case followers < 100_000:
		return TierMicro
	case followers < 1_000_000:
		return TierMacro
	default:
		return TierMega
	}
}

func tierOf(followers *int64) Tier {
	if followers == nil {
		return TierUnknown
	}
	return TierOf(*followers)
}

// Creator is a person who publishes to an audience.
type Creator struct {
	ID        ID
	Name      string
	Tier      Tier
	Followers *int64 // of the main profile; nil is unknown
	Country   string // ISO 3166 alpha-2 where it was recognised, else as it was given
	Language  string // BCP 47 where it was recognised, else as it was given
	Profiles  []Profile
	Main      ProfileID
	CreatedAt time.Time
	UpdatedAt time.Time
}

// Profile is one account of a creator on one platform.
type Profile struct {
	ID            ProfileID
	Creator       ID
	Platform      Platform
	Handle        string
	URL           string
	DisplayName   string
	Bio           string
	Country       string
	Language      string
	Category      string
	Verified      bool
	Followers     *int64
	Following     *int64
	Posts         *int64
	Likes         *int64 // over all posts, as TikTok shows it
	Tier          Tier
	EngagementPPM *int64  // parts per million: 27,100 is 2.71 %
	Formula       Formula // how EngagementPPM was made; "" without one
	CountedAt     time.Time
}

// New is what Create needs.
type New struct {
	Name     string
	Profiles []NewProfile
	Contact  Contact     // stored where it says something
	Program  programs.ID // whose contact it is; "" for the whole installation
}

// NewProfile is an account and what is known of it.
type NewProfile struct {
	Platform Platform // may be empty where Handle is a profile's address
	Handle   string   // "name", "@name" or a profile's address
	Counts   Counts
	Details  Details
}
