// Package discovery finds creators for a program: by words, by meaning, by filters, and by how well they fit the customers the program wants.
//
// A target is who buys: topics, countries, ages, gender, values, price. It is read from a sentence (ReadSentence) or filled in. Fit says from 0 to
// 100 how well a creator matches one, as a sum of parts that can each be looked at. Index holds everything known in memory and answers a Query.
//
//	target: skincare, Germany, women 25–40     Ana writes of skincare, lives in Germany, her audience is unknown
//	asked weights: topic 30, audience 20, country 10, recency 6     known: 46 of 66
//	topic 90 %, country 100 %, recency 50 %    →    (27 + 10 + 3) ÷ 46 = 87, and "70 % sure"
//
// Laws kept here:
//   - Parts sum to the score exactly. What is unknown takes no part: its weight goes to what is known, and lowers how sure the score is, not the
//     score. The order rests on what is sure: see floor.
//   - Whoever searches is cut to creators with a partnership in their programs, as creators.List does; contacts, prices, verdicts, lists, tags
//     and audiences that were told to one program serve that program's searches alone.
//   - A page of hits is looked up in the database before it is answered: a creator that was erased, hidden or taken away is never shown, and the
//     figures shown are those of the moment.
//   - Search stays available while the index is made anew; the new one takes the old one's place at once.
//   - Plain words are never drowned: whoever wrote all words that were asked for stands before whoever only means alike.
package discovery
