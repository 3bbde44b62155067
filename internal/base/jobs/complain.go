package jobs

import (
	"context"
	"fmt"
	"log/slog"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"
)

// complaints logs what went wrong with a job, once a try.
type complaints struct{ log *slog.Logger }

func (c complaints) HandleError(ctx context.Context, job *rivertype.JobRow, err error) *river.ErrorHandlerResult {
	c.tell(ctx, job, err.Error())
	return nil
}

func (c complaints) HandlePanic(ctx context.Context, job *rivertype.JobRow, thrown any, trace string) *river.ErrorHandlerResult {
	c.tell(ctx, job, fmt.Sprintf("panic: %v", thrown), slog.String("trace", trace))
	return nil
}

func (c complaints) tell(ctx context.Context, job *rivertype.JobRow, what string, more ...slog.Attr) {
	level, message := slog.LevelWarn, "a job will be tried again"
	if job.Attempt >= job.MaxAttempts {
		level, message = slog.LevelError, "a job has failed for good"
	}
	c.log.LogAttrs(ctx, level, message, append([]slog.Attr{
		slog.String("kind", job.Kind), slog.Int64("job", job.ID), slog.Int("try", job.Attempt), slog.String("error", what),
	}, more...)...)
}

// quiet passes on warnings and errors of River, whose informative lines speak of its inner life.
type quiet struct{ slog.Handler }

func (q quiet) Enabled(ctx context.Context, level slog.Level) bool {
	return level >= slog.LevelWarn && q.Handler.Enabled(ctx, level)
}
func (q quiet) WithAttrs(attrs []slog.Attr) slog.Handler { return quiet{q.Handler.WithAttrs(attrs)} }
func (q quiet) WithGroup(name string) slog.Handler       { return quiet{q.Handler.WithGroup(name)} }
