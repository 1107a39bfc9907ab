/** In the engine the latch that `panic` leaves is the kill switch: whoever clears the one clears the other. */
export const KILL = 'KILL'
/** What people call it. */
const PANIC = 'PANIC'

/** The engine's code of a latch that a person names. */
export const latchCode = (named: string): string => (named === PANIC ? KILL : named)
