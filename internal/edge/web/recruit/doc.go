// Package recruit is where the merchant's people find and judge creators: search by fit, target customers, lists, check-ups, and everything that is
// known of one creator and where it comes from. All below /p/{program}.
//
// Laws:
//   - every figure shows its formula, source and day, and leads to the posts or counts it was made of;
//   - a verdict never stands without its three reasons, and a person's word stands above it, with a note;
//   - what a platform does not allow is said, with the way that is allowed.
package recruit
