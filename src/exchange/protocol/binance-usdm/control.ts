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
  readonly account: string
  readonly instance: string
  /** Moves market time and resolves when everybody has heard what was published. */
  readonly advance: (until: number) => Promise<void>
}

/** Hands market time to one client: it moves when the client says so, and stands still while there is none. */
export interface Control {
  attach(socket: WebSocket): void
  readonly isAttached: boolean
}

const OCCUPIED = 1_013
const NOT_UNDERSTOOD = 1_007

export function createControl(options: ControlOptions): Control {
  let owner: WebSocket | null = null

  async function serve(socket: WebSocket, text: string): Promise<void> {
    const asked = readAdvance(text)
    if (asked === null) return socket.close(NOT_UNDERSTOOD, 'expected {"id":1,"advance":ms or null}')
    await options.advance(asked.advance ?? Number.POSITIVE_INFINITY)
    if (socket.readyState === socket.OPEN)
      socket.send(JSON.stringify({ id: asked.id, now: options.now(), ended: options.ended() }))
  }

  return {
    get isAttached() {
      return owner !== null
    },
    attach(socket) {
      if (owner !== null) return socket.close(OCCUPIED, 'somebody else moves this market already')
      owner = socket
      // One request after the other: the next is not looked at before the one before is done.
      let turn: Promise<void> = Promise.resolve()
      socket.on('message', (data) => {
        turn = turn.then(() => serve(socket, messageText(data)))
      })
      socket.on('error', () => socket.terminate())
      socket.on('close', () => {
        if (owner === socket) owner = null
      })
      const { account, instance } = options
      socket.send(JSON.stringify({ hello: true, now: options.now(), account, instance }))
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
