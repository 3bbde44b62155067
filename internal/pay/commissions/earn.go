package commissions

import (
	"context"
	"fmt"

	"rapport/internal/base/db"
	"rapport/internal/base/id"
	"rapport/internal/base/money"
	"rapport/internal/base/programs"
	"rapport/internal/partner/partnerships"
	"rapport/internal/partner/terms"
	"rapport/internal/pay/ledger"
	"rapport/internal/track/conversions"
)

// Topic is the event of a commission that was earned or changed; its payload is Changed.
const Topic = "commission.changed"

// Changed is the payload of Topic.
type Changed struct {
	ID            ID              `json:"id"`
	ProgramID     programs.ID     `json:"program_id"`
	PartnershipID partnerships.ID `json:"partnership_id"`
	Status        Status          `json:"status"`
	Amount        money.Amount    `json:"amount"`
}

// Claim is a credited share and the terms under which it earns.
type Claim struct {
	Partnership partnerships.Partnership
	Share       money.BasisPoints
	Terms       terms.Effective
}

// Earn books what the claims on a fresh conversion earn. A test earns nothing, whatever the claims.
func Earn(ctx context.Context, tx *db.Tx, program programs.Program, conversion conversions.Conversion, claims []Claim) ([]Commission, error) {
	if conversion.Test {
		return nil, nil
	}
	var earned []Commission
	for _, claim := range claims {
		amount, rule, err := Earns(conversion, claim.Share, claim.Terms)
		if err != nil {
			return nil, fmt.Errorf("cannot compute the commission on %s: %w", conversion.ID, err)
		}
		if !amount.IsPositive() {
			continue
		}
		c := Commission{
			ID: ID(id.New("com", tx.Now())), Program: program.ID, Conversion: conversion.ID, Partnership: claim.Partnership.ID,
			Creator: claim.Partnership.Creator, Kind: KindConversion, Earned: amount, Reversed: money.Zero(amount.Currency), Status: StatusPending,
			Rule: rule, HoldUntil: HoldUntil(conversion, program.HoldDays), CreatedAt: tx.Now(), UpdatedAt: tx.Now(),
		}
		if err := book(ctx, tx, c); err != nil {
			return nil, err
		}
		earned = append(earned, c)
	}
	return earned, nil
}

func book(ctx context.Context, tx *db.Tx, c Commission) error {
	if err := insert(ctx, tx, c); err != nil {
		return fmt.Errorf("cannot keep a commission: %w", err)
	}
	posting := ledger.Move(c.Program, c.Creator, ledger.KindEarned, "earned:"+string(c.ID), ledger.AccountCost, ledger.AccountPending, c.Earned)
	if err := ledger.Post(ctx, tx, posting); err != nil {
		return err
	}
	return noted(ctx, tx, c, EventEarned, c.Earned, System.Name, "")
}

// Adjust reverses of a conversion's commissions what its refunds and cancels take away by now. Call it with the conversion locked and settled.
func Adjust(ctx context.Context, tx *db.Tx, conversion conversions.Conversion, reason string) ([]Commission, error) {
	all, err := OfConversion(ctx, tx, conversion.ID)
	if err != nil {
		return nil, err
	}
	for i, c := range all {
		target, err := Reversal(c.Earned, conversion)
		if err != nil {
			return nil, fmt.Errorf("cannot compute the reversal of %s: %w", c.ID, err)
		}
		if target.Minor <= c.Reversed.Minor {
			continue
		}
		if all[i], err = reverseTo(ctx, tx, c, target, System.Name, reason); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// reverseTo raises what is reversed of a commission to target and books the difference. Nothing left makes it reversed.
func reverseTo(ctx context.Context, tx *db.Tx, c Commission, target money.Amount, by, reason string) (Commission, error) {
	delta, err := target.Sub(c.Reversed)
	if err != nil {
		return c, err
	}
	// The running total makes the reference unique, and the same total can never be booked twice.
	ref := fmt.Sprintf("reversed:%s:%d", c.ID, target.Minor)
	if err := ledger.Post(ctx, tx, ledger.Move(c.Program, c.Creator, ledger.KindReversed, ref, c.Status.account(), ledger.AccountCost, delta)); err != nil {
		return c, err
	}
	c.Reversed, c.UpdatedAt = target, tx.Now()
	if c, err = updateReversed(ctx, tx, c); err != nil {
		return c, err
	}
	return c, noted(ctx, tx, c, EventReversed, delta, by, reason)
}

// noted keeps the step for people and tells the other rooms.
func noted(ctx context.Context, tx *db.Tx, c Commission, kind EventKind, amount money.Amount, by, reason string) error {
	if err := tx.Later(ctx, `insert into commission_events (id, commission_id, at, kind, amount_minor, actor_name, reason) values ($1, $2, $3, $4, $5, $6, $7)`,
		id.New("cev", tx.Now()), c.ID, db.Micros(tx.Now()), kind, amount.Minor, by, reason); err != nil {
		return fmt.Errorf("cannot note what happened to commission %s: %w", c.ID, err)
	}
	return tx.Emit(ctx, Topic, string(c.Program), Changed{c.ID, c.Program, c.Partnership, c.Status, c.Amount()})
}
