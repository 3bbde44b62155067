package main

// evaluateCmd measures the judgements that Rapport makes against files whose truth is known.
type evaluateCmd struct {
	Account evaluateAccountCmd `cmd:"" help:"How well the judgement \"account looks genuine\" meets labelled accounts."`
	Growth  evaluateGrowthCmd  `cmd:"" help:"How well purchased followers are found in made growth."`

	Discovery evaluateDiscoveryCmd `cmd:"" help:"How well the search finds accounts by hashtags that were hidden from it."`
}

// trainCmd makes the models that ship inside the program.
type trainCmd struct {
	Account trainAccountCmd `cmd:"" help:"Train the judgement \"account looks genuine\" on a labelled file."`
}
