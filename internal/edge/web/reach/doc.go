// Package reach is where the merchant's people write to creators: the queue of direct messages, mail templates and follow-ups, sending limits,
// and who must be left alone. All below /p/{program}.
//
// Laws:
//   - no message leaves that a person did not write or start, and none to somebody who asked to be left alone;
//   - the first message says who writes, where the address came from and how to be removed;
//   - a direct message is prepared here and sent by hand: no platform lets a tool do it.
package reach
