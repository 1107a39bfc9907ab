import type { WebSocket } from 'ws'
import { messageText } from './message-text.ts'

/** What a control client may ask: how far time is to move. */
interface Advance {
  readonly id: number
  /** Epoch ms; `null`: to the next publication. */
  readonly advance: number | null
}

export interface ControlOptions {
  readonly now: () => number
  readonly ended: () => boolean
  readonly instance: string
  /** Moves market time and resolves when everybody has heard what was published. */
  readonly advance: (until: number) => Promise<void>
}

/**
 * Hands market time to one client of each account: it moves when all of them have said so, to the earliest of the times
 * that they want, and stands still while there is none.
 */
export interface Control {
  /**
   * Greets a client that says so for an account, by its number. One that has no account is greeted as well, and moves
   * nothing.
   * @param name what it is told of its account
   */
  attach(socket: WebSocket, account: number | null, name: string): void
}

const OCCUPIED = 1_013
const NOT_UNDERSTOOD = 1_007
const POLICY_VIOLATION = 1_008
/** Wall ms after which one that waits for the others is told that time stands still, so that it can look around. */
const PATIENCE_MS = 250

interface Seat {
  readonly socket: WebSocket
  /** Oldest first. */
  readonly asked: Advance[]
  patience: ReturnType<typeof setTimeout> | null
}

export function createControl(options: ControlOptions): Control {
  const seats = new Map<number, Seat>()
  let isMoving = false

  function answer({ socket }: Seat, { id }: Advance): void {
    if (socket.readyState === socket.OPEN)
      socket.send(JSON.stringify({ id, now: options.now(), ended: options.ended() }))
  }

  function stopWaiting(seat: Seat): void {
    if (seat.patience !== null) clearTimeout(seat.patience)
    seat.patience = null
  }

  function wait(seat: Seat): void {
    seat.patience ??= setTimeout(() => {
      seat.patience = null
      const asked = seat.asked.shift()
      if (asked) answer(seat, asked)
      if (seat.asked.length > 0) wait(seat)
    }, PATIENCE_MS)
  }

  /** One request after the other: the next is not looked at before the one before is done. */
  async function moveOn(): Promise<void> {
    if (isMoving) return
    isMoving = true
    while (seats.size > 0) {
      const turn = [...seats.values()]
      if (turn.some(({ asked }) => asked.length === 0)) break
      const moves = turn.map((seat) => {
        stopWaiting(seat)
        return { seat, asked: seat.asked.shift()! }
      })
      await options.advance(Math.min(...moves.map(({ asked }) => asked.advance ?? Number.POSITIVE_INFINITY)))
      for (const { seat, asked } of moves) answer(seat, asked)
    }
    isMoving = false
    for (const seat of seats.values()) if (seat.asked.length > 0) wait(seat)
  }

  return {
    attach(socket, account, name) {
      if (account !== null && seats.has(account))
        return socket.close(OCCUPIED, 'somebody else moves this market for the account already')
      const seat: Seat = { socket, asked: [], patience: null }
      if (account !== null) seats.set(account, seat)
      socket.on('message', (data) => {
        if (account === null) return socket.close(POLICY_VIOLATION, 'no account has this API key')
        const asked = readAdvance(messageText(data))
        if (asked === null) return socket.close(NOT_UNDERSTOOD, 'expected {"id":1,"advance":ms or null}')
        seat.asked.push(asked)
        void moveOn()
      })
      socket.on('error', () => socket.terminate())
      socket.on('close', () => {
        stopWaiting(seat)
        if (account === null || seats.get(account) !== seat) return
        seats.delete(account)
        // The others do not wait for it any more.
        void moveOn()
      })
      socket.send(JSON.stringify({ hello: true, now: options.now(), account: name, instance: options.instance }))
    },
  }
}

function readAdvance(text: string): Advance | null {
  let said: unknown
  try {
    said = JSON.parse(text)
  } catch {
    return null
  }
  if (typeof said !== 'object' || said === null) return null
  const { id, advance } = said as { id?: unknown; advance?: unknown }
  if (typeof id !== 'number' || (advance !== null && typeof advance !== 'number')) return null
  return { id, advance }
}
