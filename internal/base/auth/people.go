package auth

import (
	"context"
	"fmt"

	"rapport/internal/base/db"
	"rapport/internal/base/fault"
	"rapport/internal/base/programs"
)

// SetRole gives a user a role in a program, or installation-wide where program is "", in place of the one held there. The last owner keeps the
// role.
func SetRole(ctx context.Context, tx *db.Tx, userID string, program programs.ID, role Role) error {
	if wrong := checkRole(role); wrong != nil {
		return wrong
	}
	return keepingOwners(ctx, tx, func() error {
		user, err := FindUser(ctx, tx, userID)
		switch {
		case err != nil:
			return err
		case user.Kind != KindMerchant:
			return fault.Conflict("user_is_creator", "a creator cannot hold a role")
		}
		return setRole(ctx, tx, userID, program, role)
	})
}

// RemoveRole takes the role away that a user holds in a program, or installation-wide where program is "". The last owner keeps the role.
func RemoveRole(ctx context.Context, tx *db.Tx, userID string, program programs.ID) error {
	return keepingOwners(ctx, tx, func() error {
		query, args := `delete from user_roles where user_id = $1 and program_id = $2`, []any{userID, program}
		if program == "" {
			query, args = `update users set installation_role = null where id = $1 and installation_role is not null`, args[:1]
		}
		n, err := tx.Exec(ctx, query, args...)
		switch {
		case err != nil:
			return fmt.Errorf("cannot take a role: %w", err)
		case n == 0:
			return fault.NotFound("role")
		}
		return nil
	})
}

// setRole also ends the links that others made for the user and nobody has used: whoever holds one may not have the rights the user gets now.
func setRole(ctx context.Context, tx *db.Tx, userID string, program programs.ID, role Role) error {
	if _, err := tx.Exec(ctx, `delete from login_links where user_id = $1 and used_at is null and made_by <> ''`, userID); err != nil {
		return fmt.Errorf("cannot end the links of %s: %w", userID, err)
	}
	if program == "" {
		_, err := tx.Exec(ctx, `update users set installation_role = $1 where id = $2`, role, userID)
		return err
	}
	if _, err := programs.Find(ctx, tx, program); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, `insert into user_roles (user_id, program_id, role, created_at) values ($1, $2, $3, $4)
		on conflict (user_id, program_id) do update set role = excluded.role`, userID, program, role, db.Micros(tx.Now()))
	return err
}

func roleOf(ctx context.Context, tx *db.Tx, user User, program programs.ID) (Role, error) {
	if program == "" {
		return user.Installation, nil
	}
	role, _, err := db.One(ctx, tx, db.Column[Role], `select role from user_roles where user_id = $1 and program_id = $2`, user.ID, program)
	return role, err
}

// keepingOwners runs a change and refuses it if the installation or a program had an owner before and has none after. An installation's owner
// owns every program.
func keepingOwners(ctx context.Context, tx *db.Tx, change func() error) error {
	if err := tx.Lock(ctx, "owners"); err != nil { // two owners who remove each other
		return err
	}
	before, err := owned(ctx, tx)
	if err != nil {
		return err
	}
	if err := change(); err != nil {
		return err
	}
	after, err := owned(ctx, tx)
	if err != nil {
		return err
	}
	for place := range before {
		if !after[place] && (place == "" || !after[""]) {
			return fault.Conflict("last_owner", "this is the last owner; give somebody else that role first")
		}
	}
	return nil
}

// owned returns the programs that have an owner of their own, and "" if the installation has one.
func owned(ctx context.Context, tx *db.Tx) (map[programs.ID]bool, error) {
	places, err := db.All(ctx, tx, db.Column[programs.ID], `
		select '' from users where kind = 'merchant' and disabled_at is null and installation_role = $1
		union select r.program_id from user_roles r join users u on u.id = r.user_id where u.disabled_at is null and r.role = $1`, RoleOwner)
	if err != nil {
		return nil, fmt.Errorf("cannot find the owners: %w", err)
	}
	all := map[programs.ID]bool{}
	for _, place := range places {
		all[place] = true
	}
	return all, nil
}

// Person is one of the merchant's people as a program sees them.
type Person struct {
	User
	Role Role // held in the program itself; "" for those who are there by their installation-wide role
}

// ListUsers returns a page of the people who have a role in a program, installation-wide ones included, disabled ones too, in the order they
// came. With program "" it lists all people of the merchant's.
func ListUsers(ctx context.Context, tx *db.Tx, program programs.ID, page db.Page) (items []Person, next string, err error) {
	items, err = db.All(ctx, tx, scanPerson, `
		select u.id, u.kind, u.email, u.name, u.creator_id, u.installation_role, u.language, u.password_hash is not null, u.created_at, u.disabled_at, r.role
		from users u left join user_roles r on r.user_id = u.id and r.program_id = $1
		where u.kind = 'merchant' and u.id > $2 and ($3 or r.role is not null or u.installation_role is not null)
		order by u.id limit $4`, program, page.After, program == "", page.Bound()+1)
	if err != nil {
		return nil, "", fmt.Errorf("cannot list users: %w", err)
	}
	items, next = db.Cut(items, page, func(p Person) string { return p.ID })
	return items, next, nil
}

func scanPerson(s db.Scanner) (p Person, err error) {
	err = s.Scan(append(p.columns(), db.Nullable((*string)(&p.Role)))...)
	return p, err
}

// maxReleasers bounds Releasers; who asks wants to know whether there are none, one or more.
const maxReleasers = 1000

// Releasers returns the ids of the people who may release money in a program. With two or more of them the second one approves.
func Releasers(ctx context.Context, tx *db.Tx, program programs.ID) (userIDs []string, err error) {
	people, err := db.All(ctx, tx, scanPerson, `
		select u.id, u.kind, u.email, u.name, u.creator_id, u.installation_role, u.language, u.password_hash is not null, u.created_at, u.disabled_at, r.role
		from users u left join user_roles r on r.user_id = u.id and r.program_id = $1
		where u.kind = 'merchant' and u.disabled_at is null and (r.role is not null or u.installation_role is not null)
		order by u.id limit $2`, program, maxReleasers)
	if err != nil {
		return nil, fmt.Errorf("cannot find who may release money: %w", err)
	}
	for _, p := range people {
		if p.Role.Allows(PermRelease) || p.Installation.Allows(PermRelease) {
			userIDs = append(userIDs, p.ID)
		}
	}
	return userIDs, nil
}

// PrincipalOf returns what a user may do now. Sessions and keys are built on it.
func PrincipalOf(ctx context.Context, tx *db.Tx, userID string) (Principal, error) {
	user, err := FindUser(ctx, tx, userID)
	switch {
	case err != nil:
		return Principal{}, err
	case user.Disabled():
		return Principal{}, fault.NotFound("user")
	}
	return principalOf(ctx, tx, user)
}

func principalOf(ctx context.Context, tx *db.Tx, user User) (Principal, error) {
	p := Principal{Kind: user.Kind, ID: user.ID, Name: user.DisplayName(), UserID: user.ID, CreatorID: user.CreatorID, Installation: user.Installation}
	if user.Kind != KindMerchant {
		return p, nil
	}
	type held struct {
		program programs.ID
		role    Role
	}
	scan := func(s db.Scanner) (h held, err error) {
		err = s.Scan(&h.program, &h.role)
		return h, err
	}
	all, err := db.All(ctx, tx, scan, `select program_id, role from user_roles where user_id = $1`, user.ID)
	if err != nil {
		return Principal{}, fmt.Errorf("cannot read the roles of %s: %w", user.ID, err)
	}
	p.Roles = make(map[programs.ID]Role, len(all))
	for _, h := range all {
		p.Roles[h.program] = h.role
	}
	return p, nil
}
