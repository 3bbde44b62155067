package meaning

import (
	"iter"
	"runtime"
	"sync"
)

// inOrder reads items with one worker per processor and gives the answers on, from one goroutine, in the items' order. At most `most` items are taken.
func inOrder[In, Out any](items iter.Seq[In], most int, worker func() func(In) Out, yield func(Out)) {
	type parcel struct {
		in   []In
		out  []Out
		done chan struct{}
	}
	workers := runtime.GOMAXPROCS(0)
	work, ordered := make(chan *parcel, workers), make(chan *parcel, 2*workers)
	var group sync.WaitGroup
	defer group.Wait()
	for range workers {
		group.Go(func() {
			do := worker()
			for p := range work {
				for _, item := range p.in {
					p.out = append(p.out, do(item))
				}
				close(p.done)
			}
		})
	}
	group.Go(func() {
		for p := range ordered {
			<-p.done
			for _, out := range p.out {
				yield(out)
			}
		}
	})
	defer close(ordered)
	defer close(work)
	p, taken := &parcel{done: make(chan struct{})}, 0
	send := func() {
		work <- p
		ordered <- p
		p = &parcel{done: make(chan struct{})}
	}
	for item := range items {
		if taken == most {
			break
		}
		taken++
		if p.in = append(p.in, item); len(p.in) == batch {
			send()
		}
	}
	if len(p.in) > 0 {
		send()
	}
}

// together runs do for 0 to n−1, on all processors.
func together(n int, do func(int)) {
	var group sync.WaitGroup
	next := make(chan int)
	for range min(n, runtime.GOMAXPROCS(0)) {
		group.Go(func() {
			for i := range next {
				do(i)
			}
		})
	}
	for i := range n {
		next <- i
	}
	close(next)
	group.Wait()
}
