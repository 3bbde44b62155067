// Package csvsafe writes CSV files that a spreadsheet opens without running anything, and reads their cells back unchanged.
//
// Excel, LibreOffice and Google Sheets take a cell that begins with = + - @ (also in full width), a tab or a line end for a formula. People choose their own
// names, so an export would hand a stranger's formula to whoever opens it (OWASP, "CSV Injection"). Such a cell is written with an apostrophe
// in front, which spreadsheets show as text:
//
//	=cmd|' /C calc'!A0  →  '=cmd|' /C calc'!A0  →  (read back)  =cmd|' /C calc'!A0
//	-20.90              →  -20.90               a negative number is no danger and stays a number
//
// Law: Unguard(Guard(s)) = s for every s, also for one that has apostrophes of its own.
package csvsafe
