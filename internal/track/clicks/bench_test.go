package clicks

import (
	"fmt"
	"sync"
	"testing"
)

func BenchmarkAppend(b *testing.B) {
	for _, appenders := range []int{1, 64, 256} {
		b.Run(fmt.Sprintf("appenders=%d", appenders), func(b *testing.B) {
			l := openLog(b, b.TempDir(), Options{Logger: quiet})
			work := make(chan int, appenders)
			var all sync.WaitGroup
			b.ReportAllocs()
			for range appenders {
				all.Go(func() {
					for i := range work {
						if _, err := l.Append(b.Context(), testClick(i)); err != nil {
							b.Error(err)
						}
					}
				})
			}
			for b.Loop() {
				work <- 1
			}
			close(work)
			all.Wait()
			s := l.Stats()
			b.ReportMetric(float64(s.BatchSizes.Sum)/float64(s.BatchSizes.Count), "clicks/batch")
			b.ReportMetric(float64(s.SyncMicros.Sum)/float64(s.SyncMicros.Count), "µs/fdatasync")
		})
	}
}
