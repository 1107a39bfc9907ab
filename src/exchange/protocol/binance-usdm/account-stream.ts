import type { WebSocket } from 'ws'
import type { StreamFaults } from './stream-faults.ts'

type Frame = Readonly<Record<string, unknown>>

/** The sockets on which one account hears of itself. */
export interface AccountStream {
  readonly size: number
  add(socket: WebSocket, listenKey: string): void
  /** True when somebody was sent something. */
  send(frames: readonly Frame[]): boolean
  /** Ends the sockets of a listen key, after a last frame. */
  expire(listenKey: string, frame: Frame): void
  /** Every socket that listens. */
  sockets(): Iterable<WebSocket>
}

/** @param write sends a text where the socket is open */
export function createAccountStream(
  faults: StreamFaults,
  write: (socket: WebSocket, text: string) => void,
  onClose: (socket: WebSocket) => void,
): AccountStream {
  const listening = new Map<WebSocket, string>()

  return {
    get size() {
      return listening.size
    },
    add(socket, listenKey) {
      listening.set(socket, listenKey)
      socket.on('error', () => socket.terminate())
      socket.on('close', () => {
        listening.delete(socket)
        onClose(socket)
      })
    },
    send(frames) {
      if (frames.length === 0) return false
      const told = faults.pass(frames)
      for (const frame of told) {
        const text = JSON.stringify(frame)
        for (const socket of listening.keys()) write(socket, text)
      }
      return told.length > 0 && listening.size > 0
    },
    expire(listenKey, frame) {
      for (const [socket, key] of listening) {
        if (key !== listenKey) continue
        write(socket, JSON.stringify(frame))
        // The exchange leaves the socket open and says nothing more on it.
        listening.delete(socket)
      }
    },
    sockets: () => listening.keys(),
  }
}
