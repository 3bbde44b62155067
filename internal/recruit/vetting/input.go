package vetting

import (
	"time"

	"rapport/internal/recruit/benchmarks"
	"rapport/internal/recruit/creators"
)

// How much of an account's past is looked at.
const (
	postsLooked    = 30 // the last thirty posts, as HypeAuditor does for TikTok
	commentsLooked = 30 // of each post, of the last commentedPosts
	commentedPosts = 12
)

// Slice is a share of an audience, as creators keeps it.
type Slice = creators.Slice

// Input is everything Assess looks at. What is not known is left empty.
type Input struct {
	Now            time.Time
	Creator        creators.Creator
	Profile        creators.Profile    // the one account the report is about
	Snapshots      []creators.Snapshot // in any order
	Posts          []creators.Post     // the newest first
	Comments       map[creators.PostID][]creators.Comment
	Audience       []creators.Audience // the newest first
	Wanted         []Slice             // of the customers the program wants to reach
	Words          *Words              // nil: nothing is searched for
	Ours           *Ours               // nil: all paid work is for strangers
	Exclusivities  []Exclusivity
	Collaborations []creators.Collaboration
	Benchmarks     benchmarks.Table
	YouTubeDerived bool // the operator accepted YouTube's derived-metrics terms

	norms     *norms            // of Benchmarks, shared by reports that are made together
	projected creators.Snapshot // the snapshots as one
	newest    []Evidence        // the newest posts
}

// Exclusivity is a promise not to work with some brands.
type Exclusivity struct {
	Ours        bool     // ours: the creator must not (have) work(ed) with Brands. Else Holder's: the creator must not work with us
	Holder      string   // whose promise it is, for those that are not ours
	Brands      []string // as creators.FoldBrand writes them
	From, Until time.Time
}
