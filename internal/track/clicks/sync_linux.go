package clicks

import (
	"os"
	"syscall"
)

// datasync leaves out what no reader needs, as the time of the change.
func datasync(f *os.File) error {
	for {
		err := syscall.Fdatasync(int(f.Fd()))
		if err != syscall.EINTR {
			return os.NewSyscallError("fdatasync", err)
		}
	}
}
