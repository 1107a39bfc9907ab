import { Socket } from 'node:net'

/** When the bytes of the next order request were handed to a socket, whoever sends it: Node's own clients and undici alike. */
export interface SocketClock {
  /** `performance.now()` of the first order since the last call; NaN: none left. */
  take(): number
}

/** Watches every socket of this process; once per process. */
export function watchSockets(): SocketClock {
  let at = Number.NaN
  const original = Socket.prototype.write
  Socket.prototype.write = function (this: Socket, ...args: Parameters<Socket['write']>) {
    const [chunk] = args
    if (Number.isNaN(at)) {
      const text = typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString('latin1')
      if (/^POST \S*\/fapi\/v1\/order[ ?]/.test(text)) at = performance.now()
    }
    return Reflect.apply(original, this, args)
  } as Socket['write']
  return {
    take() {
      const seen = at
      at = Number.NaN
      return seen
    },
  }
}
