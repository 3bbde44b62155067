// Package benchmarks owns the figures that others are measured by: published ones, those a merchant enters, and those computed from the merchant's
// own creators.
//
// A benchmark is a range for a metric of accounts of one platform, tier and country, with its unit, formula, date and source. The published ones
// come with the software (published.csv); a program replaces, removes and adds rows. From 30 creators of a platform, tier and country on, the
// program's own middle half and median stand beside them.
//
//	asked: TikTok, nano, 9.8 % by (likes + comments + shares) / views
//	HypeAuditor 2023, nano, 12.6 %, same formula          →  comparable, 0.78 times
//	sociavault 2026, nano, 7.84 %, formula not stated     →  shown, "formula not stated", compared with nothing
//
// Law: only equal formulas are compared. Sources differ by two to three times for the same tier, mostly because some divide by followers, some by
// views and some by reach. Where no row has the same formula, the answer is "no comparable benchmark", never the nearest one.
package benchmarks
