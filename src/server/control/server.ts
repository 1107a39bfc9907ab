import { chmodSync, lstatSync, unlinkSync } from 'node:fs'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { dirname } from 'node:path'
import { MAX_REQUEST_BYTES, type ControlAnswer } from './message.ts'
import { createResponder } from './respond.ts'
import { prepareDirectory } from './socket-path.ts'
import type { ControlTarget } from './target.ts'

/** People and scripts that talk to the bot at the same time. */
const MAX_CLIENTS = 16
/** A client that says nothing for this long is let go. */
const IDLE_MS = 60_000
/** Requests of one client that wait for their answers. */
const MAX_WAITING = 32
/** How long a dismissed client has to read the reason. */
const GOODBYE_MS = 500
/** A living process accepts within this time; a dead one's socket refuses at once. */
const PROBE_MS = 1_000

export interface ControlServer {
  readonly path: string
  /** Lets the clients go and takes the socket away. */
  close(): Promise<void>
}

export type ControlServerResult =
  | { readonly kind: 'ok'; readonly server: ControlServer }
  | { readonly kind: 'refused'; readonly message: string }

/** Listens at `path` for this user alone. What a dead process left there is replaced; a living one's is not. */
export async function startControlServer(
  path: string,
  target: ControlTarget,
  now: () => number = Date.now,
): Promise<ControlServerResult> {
  const closed = prepareDirectory(dirname(path))
  if (closed !== null) return { kind: 'refused', message: closed }
  const occupied = await makeRoom(path)
  if (occupied !== null) return { kind: 'refused', message: occupied }

  const clients = new Set<Socket>()
  const respond = createResponder(target, now)
  const server = createServer((socket) => {
    if (clients.size >= MAX_CLIENTS) {
      dismiss(socket, 'busy', `${MAX_CLIENTS} clients are connected already`)
      return
    }
    clients.add(socket)
    socket.on('close', () => clients.delete(socket))
    converse(socket, respond)
  })
  const failure = await listening(server, path)
  if (failure !== null) return { kind: 'refused', message: failure }
  chmodSync(path, 0o600)
  return {
    kind: 'ok',
    server: {
      path,
      close: () =>
        new Promise((resolve) => {
          server.close(() => resolve())
          for (const client of clients) client.destroy()
        }),
    },
  }
}

function converse(socket: Socket, respond: (line: string) => Promise<ControlAnswer>): void {
  let buffered = Buffer.alloc(0)
  let waiting = 0
  socket.setTimeout(IDLE_MS, () => socket.destroy())
  socket.on('error', () => socket.destroy())
  socket.on('data', (chunk: Buffer) => {
    buffered = Buffer.concat([buffered, chunk])
    for (let end = buffered.indexOf(10); end >= 0; end = buffered.indexOf(10)) {
      const line = buffered.subarray(0, end)
      buffered = buffered.subarray(end + 1)
      if (line.length > MAX_REQUEST_BYTES)
        return dismiss(socket, 'too_long', `a request has ${MAX_REQUEST_BYTES} bytes at most`)
      if (line.length === 0) continue
      if (waiting >= MAX_WAITING)
        return dismiss(socket, 'busy', `${MAX_WAITING} requests of this client are waiting already`)
      waiting++
      void respond(line.toString('utf8')).then((answer) => {
        waiting--
        if (socket.writable) socket.write(lineOf(answer))
      })
    }
    if (buffered.length > MAX_REQUEST_BYTES)
      dismiss(socket, 'too_long', `a request has ${MAX_REQUEST_BYTES} bytes at most`)
  })
}

/** Says why and hangs up; what the client still sends is read and thrown away, or it would never see the reason. */
function dismiss(socket: Socket, code: string, message: string): void {
  socket.removeAllListeners('data')
  socket.on('error', () => socket.destroy())
  socket.resume()
  socket.end(lineOf({ kind: 'refused', code, message }))
  const timer = setTimeout(() => socket.destroy(), GOODBYE_MS)
  socket.on('close', () => clearTimeout(timer))
}

/** A sentence when the place is taken by something that must not be removed. */
async function makeRoom(path: string): Promise<string | null> {
  const stat = lstatSync(path, { throwIfNoEntry: false })
  if (!stat) return null
  if (!stat.isSocket()) return `${path} is in the way: it is not a socket; move it elsewhere`
  switch (await probe(path)) {
    case 'living':
      return `another bot of this account is running and listens at ${path}; look with: npx lodestone status`
    case 'dead':
      unlinkSync(path)
      return null
    case 'gone':
      return null
  }
}

function probe(path: string): Promise<'living' | 'dead' | 'gone'> {
  return new Promise((resolve) => {
    const socket = connect(path)
    const told = (answer: 'living' | 'dead' | 'gone'): void => {
      socket.destroy()
      resolve(answer)
    }
    socket.setTimeout(PROBE_MS, () => told('living'))
    socket.on('connect', () => told('living'))
    // Anything but a clear refusal may be a living process that is merely busy.
    socket.on('error', (error: NodeJS.ErrnoException) =>
      told(error.code === 'ECONNREFUSED' ? 'dead' : error.code === 'ENOENT' ? 'gone' : 'living'),
    )
  })
}

function listening(server: Server, path: string): Promise<string | null> {
  return new Promise((resolve) => {
    server.once('error', (error) => resolve(`the control socket ${path} cannot be opened: ${error.message}`))
    server.listen(path, () => resolve(null))
  })
}

const lineOf = (answer: ControlAnswer): string => `${JSON.stringify(answer)}\n`
