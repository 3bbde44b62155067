package imports

import (
	"strings"
	"unicode"

	"rapport/internal/recruit/creators"
)

// Field is what a column of a file can mean.
type Field string

// The fields of creators and posts.
const (
	FieldPlatform            Field = "platform"
	FieldHandle              Field = "handle"
	FieldURL                 Field = "url"
	FieldName                Field = "name"
	FieldEmail               Field = "email"
	FieldPhone               Field = "phone"
	FieldTakenOn             Field = "taken_on"
	FieldFollowers           Field = "followers"
	FieldFollowing           Field = "following"
	FieldPostsTotal          Field = "posts_total"
	FieldLikesTotal          Field = "likes_total"
	FieldEngagement          Field = "engagement_avg"
	FieldAuthenticEngagement Field = "authentic_engagement_avg"
	FieldViewsAvg            Field = "views_avg"
	FieldLikesAvg            Field = "likes_avg"
	FieldCommentsAvg         Field = "comments_avg"
	FieldSharesAvg           Field = "shares_avg"
	FieldAudienceCountry     Field = "audience_country"
	FieldCountry             Field = "country"
	FieldLanguage            Field = "language"
	FieldCategory            Field = "category"
	FieldSubcategory         Field = "subcategory"
	FieldVerified            Field = "verified"
	FieldHasBioLink          Field = "has_bio_link"
	FieldBio                 Field = "bio"

	FieldTags              Field = "creator_tags" // free tags, separated by ; or ,
	FieldTopics            Field = "topics"
	FieldValues            Field = "values"
	FieldAudience          Field = "audience" // JSON: {"country": {"DE": 40}, "gender": {"female": 70}}
	FieldAudienceCountries Field = "audience_countries"
	FieldAudienceAges      Field = "audience_ages"
	FieldAudienceGenders   Field = "audience_genders"
	FieldCollaborations    Field = "collaborations" // brands worked for, separated by ; or ,
	FieldPrice             Field = "price"          // asked for a post
	FieldPriceCurrency     Field = "price_currency"

	FieldPost     Field = "post"
	FieldPostedAt Field = "posted_at"
	FieldSeenAt   Field = "seen_at"
	FieldSeconds  Field = "seconds"
	FieldViews    Field = "views"
	FieldLikes    Field = "likes"
	FieldComments Field = "comments"
	FieldShares   Field = "shares"
	FieldSaves    Field = "saves"
	FieldHashtags Field = "hashtags"
	FieldCaption  Field = "caption"
)

// names are the column names under which a field is found by itself, after folding: lower case, one underscore for anything else.
var names = map[Field][]string{
	FieldPlatform:            {"platform", "network", "channel_type", "social_network"},
	FieldHandle:              {"handle", "username", "user_name", "account", "profile", "user", "screen_name", "channel", "creator_handle"},
	FieldURL:                 {"url", "profile_url", "link", "profile_link"},
	FieldName:                {"name", "full_name", "creator", "creator_name", "display_name", "nickname"},
	FieldEmail:               {"email", "e_mail", "mail", "email_address"},
	FieldPhone:               {"phone", "telephone", "mobile", "phone_number"},
	FieldTakenOn:             {"taken_on", "taken_at", "date", "as_of", "snapshot_date"},
	FieldFollowers:           {"followers", "follower", "follower_count", "followers_count", "subscribers", "subscriber_count", "fans"},
	FieldFollowing:           {"following", "followings", "following_count"},
	FieldPostsTotal:          {"posts_total", "posts", "videos_total", "videos", "post_count", "media_count", "video_count"},
	FieldLikesTotal:          {"likes_total", "total_likes", "hearts", "heart_count"},
	FieldEngagement:          {"engagement_avg", "avg_engagement", "average_engagement"},
	FieldAuthenticEngagement: {"authentic_engagement_avg", "avg_authentic_engagement"},
	FieldViewsAvg:            {"views_avg", "avg_views", "average_views"},
	FieldLikesAvg:            {"likes_avg", "avg_likes", "average_likes"},
	FieldCommentsAvg:         {"comments_avg", "avg_comments", "average_comments"},
	FieldSharesAvg:           {"shares_avg", "avg_shares", "average_shares"},
	FieldAudienceCountry:     {"audience_country"},
	FieldCountry:             {"country", "location", "country_code"},
	FieldLanguage:            {"language", "lang"},
	FieldCategory:            {"category", "commerce_category", "niche", "topic"},
	FieldSubcategory:         {"subcategory", "sub_category"},
	FieldVerified:            {"verified", "is_verified"},
	FieldHasBioLink:          {"has_bio_link", "bio_link"},
	FieldBio:                 {"bio", "bio_words", "biography", "description", "about"},

	FieldTags:              {"creator_tags", "labels"}, // "tags" too, in a list of creators: see layout.settleTags
	FieldTopics:            {"topics", "interests"},
	FieldValues:            {"values", "brand_values"},
	FieldAudience:          {"audience"},
	FieldAudienceCountries: {"audience_countries"},
	FieldAudienceAges:      {"audience_ages", "audience_age"},
	FieldAudienceGenders:   {"audience_genders", "audience_gender"},
	FieldCollaborations:    {"collaborations", "past_collaborations", "brands", "worked_with"},
	FieldPrice:             {"price", "fee", "rate", "asking_price", "price_per_post"},
	FieldPriceCurrency:     {"price_currency", "currency", "fee_currency"},

	FieldPost:     {"post", "post_id", "video_id", "media_id"},
	FieldPostedAt: {"posted_at", "posted_on", "published_at", "create_time"},
	FieldSeenAt:   {"seen_at", "seen_on", "counted_at"},
	FieldSeconds:  {"seconds", "duration", "length"},
	FieldViews:    {"views", "view_count", "plays", "play_count"},
	FieldLikes:    {"likes", "like_count"},
	FieldComments: {"comments", "comment_count"},
	FieldShares:   {"shares", "share_count"},
	FieldSaves:    {"saves", "save_count", "collects"},
	FieldHashtags: {"hashtags", "tags"},
	FieldCaption:  {"caption", "caption_words", "text"},
}

// Fields lists every field, in the order a form shows them.
var Fields = []Field{
	FieldPlatform, FieldHandle, FieldURL, FieldName, FieldEmail, FieldPhone, FieldTakenOn, FieldFollowers, FieldFollowing, FieldPostsTotal,
	FieldLikesTotal, FieldEngagement, FieldAuthenticEngagement, FieldViewsAvg, FieldLikesAvg, FieldCommentsAvg, FieldSharesAvg,
	FieldAudienceCountry, FieldCountry, FieldLanguage, FieldCategory, FieldSubcategory, FieldVerified, FieldHasBioLink, FieldBio,
	FieldTags, FieldTopics, FieldValues, FieldAudience, FieldAudienceCountries, FieldAudienceAges, FieldAudienceGenders, FieldCollaborations, FieldPrice,
	FieldPriceCurrency,
	FieldPost, FieldPostedAt, FieldSeenAt, FieldSeconds, FieldViews, FieldLikes, FieldComments, FieldShares, FieldSaves, FieldHashtags, FieldCaption,
}

// byName finds a field by a folded column name.
var byName = func() map[string]Field {
	all := map[string]Field{}
	for field, known := range names {
		for _, name := range known {
			all[name] = field
		}
	}
	return all
}()

// foldColumn folds a column's name: "Follower Count" and "follower-count" become follower_count.
func foldColumn(name string) string {
	words := strings.FieldsFunc(creators.Fold(name), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	return strings.Join(words, "_")
}
