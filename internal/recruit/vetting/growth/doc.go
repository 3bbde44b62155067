// Package growth says whether a profile's followers grew as attention grows, or jumped as purchases do.
//
// It looks at a series of counts only: followers at moments, and where known the views of the posts around them. For each step between two
// moments the growth in logarithms is compared with what the month around it was like: the median growth a day, and how far ordinary days stray
// from it. A step far above is a spike. A spike with a rise of views is organic; one vertical step that nothing explains is bought-looking; a
// rise over several days without views (a giveaway, an article) or a step that nobody watched closely is neither, and the answer says so.
//
//	40 days around 20,000 followers, +0.2 % a day, straying 0.3 %; then +2,600 (13 %) in one day, views as ever
//	expected +40, 2,600 ÷ 40 = 65 times, 43 times the noise, unexplained → bought_looking
//	the same with four times the views → organic_spike; the same between two weekly counts → cannot_tell
//
// Laws: Judge is pure; the order of points does not matter; nothing is called bought without known views around it; a finding never claims a
// share of fake followers; every finding says the smallest one-day gain it could have seen. docs/vetting-models.md has the measured figures.
package growth
