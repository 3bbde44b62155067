//go:build !linux

package clicks

import "os"

func datasync(f *os.File) error { return f.Sync() }
