package bench

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"time"
)

// Machine names the cores and how busy they were when the measurement began.
func Machine() string {
	load := "unknown load"
	if text, err := os.ReadFile("/proc/loadavg"); err == nil {
		load = "load " + strings.Join(strings.Fields(string(text))[:3], " ")
	}
	return fmt.Sprintf("%d cores, %s, %s", runtime.NumCPU(), cpu(), load)
}

func cpu() string {
	info, err := os.ReadFile("/proc/cpuinfo")
	if err != nil {
		return runtime.GOARCH
	}
	for line := range strings.Lines(string(info)) {
		if name, ok := strings.CutPrefix(line, "model name"); ok {
			return strings.Trim(name, " \t:\n")
		}
	}
	return runtime.GOARCH
}

// SyncTime is what the disk under dir takes to keep 4 KiB more of a file: the median and the 99th percentile of 200 writes.
func SyncTime(dir string) (p50, p99 time.Duration, err error) {
	file, err := os.Create(filepath.Join(dir, "sync-time"))
	if err != nil {
		return 0, 0, err
	}
	defer os.Remove(file.Name())
	defer file.Close()
	took := make([]time.Duration, 200)
	page := make([]byte, 4096)
	for i := range took {
		began := time.Now()
		if _, err := file.Write(page); err != nil {
			return 0, 0, err
		}
		if err := file.Sync(); err != nil {
			return 0, 0, err
		}
		took[i] = time.Since(began)
	}
	slices.Sort(took)
	return took[len(took)/2].Round(time.Microsecond), took[len(took)*99/100].Round(time.Microsecond), nil
}

// Median is the value in the middle; of an even number the upper one.
func Median[T cmp.Ordered](values []T) T {
	sorted := slices.Sorted(slices.Values(values))
	return sorted[len(sorted)/2]
}

// CPUTime is what this process has used of its cores so far. On a busy machine it tells more than the clock.
func CPUTime() time.Duration {
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		return 0
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}
