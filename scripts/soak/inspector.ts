import { once } from 'node:events'
import { WebSocket } from 'ws'

/** Collections whose elements look alike, all taken together. Names of types and fields only, never values. */
export interface Census {
  readonly label: string
  readonly instances: number
  readonly entries: number
  readonly largest: number
}

/** Looks into a running Node from outside, through its inspector on loopback. */
export interface Inspector {
  /** Bytes in use after a full collection of garbage. */
  heapUsed(): Promise<number>
  /** Every Map, Set, array and typed array that is alive, by what it holds. */
  census(): Promise<readonly Census[]>
  close(): void
}

const ANSWER_WITHIN_MS = 30_000
const GROUP = 'soak'
const PROTOTYPES = ['Map.prototype', 'Set.prototype', 'Array.prototype', 'Object.getPrototypeOf(Int8Array.prototype)']

// Runs in the other process, on the list of all instances of a prototype.
const COUNT = `function () {
  const shape = (value, depth) => {
    if (value === null) return 'null'
    if (typeof value !== 'object') return typeof value
    if (Array.isArray(value)) return 'array'
    if (depth > 0 || !(Object.getPrototypeOf(value) === Object.prototype)) return value.constructor?.name ?? 'object'
    return '{' + Object.keys(value).slice(0, 5).join(' ') + '}'
  }
  const groups = new Map()
  for (const each of this) {
    const isMap = each instanceof Map, isSet = each instanceof Set
    let size, label
    // A class's prototype looks like an instance and has no size.
    try { size = isMap || isSet ? each.size : each.length } catch { continue }
    if (isMap) { const [first] = each; label = 'Map ' + (first ? typeof first[0] + ' to ' + shape(first[1], 0) : 'empty') }
    else if (isSet) { const [first] = each; label = 'Set ' + (size > 0 ? 'of ' + shape(first, 0) : 'empty') }
    else if (Array.isArray(each)) label = 'Array ' + (size > 0 ? 'of ' + shape(each[0], 0) : 'empty')
    else label = each.constructor.name
    const group = groups.get(label) ?? { label, instances: 0, entries: 0, largest: 0 }
    group.instances++
    group.entries += size
    group.largest = Math.max(group.largest, size)
    groups.set(label, group)
  }
  return [...groups.values()]
}`

/** @param url the address that Node prints when it is started with `--inspect` */
export async function openInspector(url: string): Promise<Inspector> {
  const socket = new WebSocket(url, { perMessageDeflate: false })
  const waiting = new Map<number, (answer: Record<string, unknown> | null) => void>()
  let sequence = 0
  socket.on('error', () => undefined)
  socket.on('message', (data: Buffer) => {
    const said = JSON.parse(data.toString('utf8')) as { id?: number; result?: Record<string, unknown> }
    if (said.id === undefined) return
    waiting.get(said.id)?.(said.result ?? {})
    waiting.delete(said.id)
  })
  socket.on('close', () => {
    for (const each of waiting.values()) each(null)
    waiting.clear()
  })
  await once(socket, 'open')

  function call<T>(method: string, params: Record<string, unknown> = {}): Promise<T> {
    sequence += 1
    const id = sequence
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        waiting.delete(id)
        reject(new Error(`${method}: no answer`))
      }, ANSWER_WITHIN_MS)
      waiting.set(id, (answer) => {
        clearTimeout(timer)
        if (answer === null) reject(new Error(`${method}: the process is gone`))
        else resolve(answer as T)
      })
      if (socket.readyState === socket.OPEN) socket.send(JSON.stringify({ id, method, params }))
      else waiting.get(id)?.(null)
    })
  }

  async function count(prototype: string): Promise<readonly Census[]> {
    const own = await call<{ result: { objectId: string } }>('Runtime.evaluate', {
      expression: prototype,
      objectGroup: GROUP,
    })
    const all = await call<{ objects: { objectId: string } }>('Runtime.queryObjects', {
      prototypeObjectId: own.result.objectId,
      objectGroup: GROUP,
    })
    const counted = await call<{ result: { value: readonly Census[] } }>('Runtime.callFunctionOn', {
      objectId: all.objects.objectId,
      functionDeclaration: COUNT,
      returnByValue: true,
    })
    await call('Runtime.releaseObjectGroup', { objectGroup: GROUP })
    if (!Array.isArray(counted.result.value)) throw new Error(`${prototype}: its instances cannot be counted`)
    return counted.result.value
  }

  return {
    async heapUsed() {
      await call('HeapProfiler.collectGarbage')
      return (await call<{ usedSize: number }>('Runtime.getHeapUsage')).usedSize
    },
    async census() {
      const lists: (readonly Census[])[] = []
      for (const prototype of PROTOTYPES) lists.push(await count(prototype))
      return lists.flat()
    },
    close: () => socket.terminate(),
  }
}
