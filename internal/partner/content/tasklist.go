package content

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	"rapport/internal/base/db"
	"rapport/internal/base/fault"
	"rapport/internal/partner/partnerships"
)

// TaskFilter says which tasks a list holds: those of the partnerships that Of holds. A creator's own tasks are those of
// partnerships.Filter{Everywhere: true, Creator: …}.
type TaskFilter struct {
	Of          partnerships.Filter
	Campaign    CampaignID      // "": any
	Partnership partnerships.ID // "": any
	Statuses    []TaskStatus    // none: any
}

// holds writes the filter as a condition; its arguments follow args.
func (f TaskFilter) holds(args []any) (condition string, all []any, err error) {
	if slices.ContainsFunc(f.Statuses, func(s TaskStatus) bool { return !s.Valid() }) {
		return "", nil, fault.Invalid("The status must be open, posted, changes or accepted.").In("status")
	}
	if condition, all, err = f.Of.Holds("tasks.partnership_id", args); err != nil {
		return "", nil, err
	}
	arg := func(v any) string {
		all = append(all, v)
		return "$" + strconv.Itoa(len(all))
	}
	for _, is := range [][2]string{{`campaign_id`, string(f.Campaign)}, {`partnership_id`, string(f.Partnership)}} {
		if is[1] != "" {
			condition += ` and tasks.` + is[0] + ` = ` + arg(is[1])
		}
	}
	if len(f.Statuses) > 0 {
		condition += ` and tasks.status in (` + bind(f.Statuses, arg) + `)`
	}
	return condition, all, nil
}

// ListTasks returns a page of tasks, the newest first.
func ListTasks(ctx context.Context, tx *db.Tx, f TaskFilter, page db.Page) (items []Task, next string, err error) {
	held, args, err := f.holds([]any{page.Bound() + 1})
	if err != nil {
		return nil, "", err
	}
	if page.After != "" {
		args = append(args, page.After)
		held += ` and tasks.id < $` + strconv.Itoa(len(args))
	}
	items, err = db.All(ctx, tx, scanTask, `select `+taskColumns+` from tasks where `+held+` order by id desc limit $1`, args...)
	if err != nil {
		return nil, "", fmt.Errorf("cannot list tasks: %w", err)
	}
	items, next = db.Cut(items, page, func(t Task) string { return string(t.ID) })
	return items, next, nil
}

// CountTasks returns how many tasks of each status the filter holds.
func CountTasks(ctx context.Context, tx *db.Tx, f TaskFilter) (map[TaskStatus]int, error) {
	held, args, err := f.holds(nil)
	if err != nil {
		return nil, err
	}
	counts, err := count(ctx, tx, `'', status`, held, args)
	return counts[""], err
}

// Progress returns how many tasks of each status each of the campaigns has; one without tasks has none.
func Progress(ctx context.Context, tx *db.Tx, campaigns []CampaignID) (map[CampaignID]map[TaskStatus]int, error) {
	if len(campaigns) > db.PageMost {
		panic("BUG: the progress of more campaigns than a page holds")
	}
	if len(campaigns) == 0 {
		return nil, nil
	}
	var args []any
	named := bind(campaigns, func(v any) string {
		args = append(args, v)
		return "$" + strconv.Itoa(len(args))
	})
	return count(ctx, tx, `campaign_id, status`, `campaign_id in (`+named+`)`, args)
}

func count(ctx context.Context, tx *db.Tx, by, condition string, args []any) (map[CampaignID]map[TaskStatus]int, error) {
	counts := map[CampaignID]map[TaskStatus]int{}
	_, err := db.All(ctx, tx, func(s db.Scanner) (none struct{}, err error) {
		var campaign CampaignID
		var status TaskStatus
		var n int
		if err := s.Scan(&campaign, &status, &n); err != nil {
			return none, err
		}
		if counts[campaign] == nil {
			counts[campaign] = map[TaskStatus]int{}
		}
		counts[campaign][status] = n
		return none, nil
	}, `select `+by+`, count(*) from tasks where `+condition+` group by 1, 2`, args...)
	if err != nil {
		return nil, fmt.Errorf("cannot count tasks: %w", err)
	}
	return counts, nil
}
