package clicks

import (
	"os"
	"syscall"
)

// datasync leaves out what no reader needs, as the time of the change.
func datasync(f *os.File) error {
	for {
		err := syscall.Fdatasync(int(f.Fd())) //nolint:gosec // a descriptor is an int
		if err != syscall.EINTR {             //nolint:errorlint // syscalls return bare numbers
			return os.NewSyscallError("fdatasync", err)
		}
	}
}
