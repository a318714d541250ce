package neonsim

import (
	"time"
)

func wireOperations(p *project, ops []operation, now time.Time) []wireOperation {
	got := make([]wireOperation, 0, len(ops))
	for i := range ops {
		got = append(got, wireOperationOf(p, &ops[i], now))
	}
	return got
}

func wireOperationOf(p *project, o *operation, now time.Time) wireOperation {
	w := wireOperation{
		ID: o.ID, ProjectID: p.id, BranchID: o.Branch, Endpoint: o.Endpoint, Action: o.Action, Status: o.status(now),
		CreatedAt: stampNano(o.Created), UpdatedAt: stampNano(o.Created),
	}
	if at := now.UnixNano(); at >= o.Begins {
		w.UpdatedAt = stampNano(max(o.Created, min(at, o.Ends)))
		w.Duration = (min(at, o.Ends) - o.Begins) / int64(time.Millisecond)
	}
	return w
}

// listOperations is a page of operations, newest first. The cursor is the time
// of the last one (FACTS §1).
func listOperations(c *call) (any, error) {
	p, err := c.project()
	if err != nil {
		return nil, err
	}
	limit, err := c.number("limit", 1000, 1, 1000)
	if err != nil {
		return nil, err
	}
	ops := p.operations(c.at)
	if cursor := c.queries.Get("cursor"); cursor != "" {
		before, err := time.Parse(time.RFC3339Nano, cursor)
		if err != nil {
			return nil, badRequest("invalid cursor %q", cursor)
		}
		for len(ops) > 0 && ops[0].Created >= before.UnixNano() {
			ops = ops[1:]
		}
	}
	ops = ops[:min(limit, len(ops))]
	answer := struct {
		Operations []wireOperation `json:"operations"`
		Pagination *wirePagination `json:"pagination,omitempty"`
	}{Operations: wireOperations(p, ops, c.at)}
	if n := len(ops); n > 0 {
		answer.Pagination = &wirePagination{Cursor: stampNano(ops[n-1].Created)}
	}
	return answer, nil
}

func getOperation(c *call) (any, error) {
	p, err := c.project()
	if err != nil {
		return nil, err
	}
	ops := p.operations(c.at)
	for i := range ops {
		if ops[i].ID == c.values["operation_id"] {
			return struct {
				Operation wireOperation `json:"operation"`
			}{wireOperationOf(p, &ops[i], c.at)}, nil
		}
	}
	return nil, notFound("operation", c.values["operation_id"])
}
