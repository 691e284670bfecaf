import { MAX_OBJECTS } from '../../functions/worker/send/batch.ts'
import type { SimulatedMessage } from './queue.ts'

/** A number of rows of one message. */
export type RequestPart = { message: SimulatedMessage; rows: number }

/** One request to Braze. Each row is one object, because no rows are merged here. */
export type SimulatedRequest = readonly RequestPart[]

export const objectsIn = (request: SimulatedRequest) => request.reduce((sum, { rows }) => sum + rows, 0)

/** Packs rows that are safe to resend. They fill each request, across message boundaries. */
export function packRows(messages: readonly SimulatedMessage[]): SimulatedRequest[] {
  const requests: RequestPart[][] = []
  let room = 0
  for (const message of messages) {
    for (let left = message.rows; left > 0; ) {
      if (room === 0) {
        requests.push([])
        room = MAX_OBJECTS
      }
      const rows = Math.min(left, room)
      requests.at(-1)?.push({ message, rows })
      room -= rows
      left -= rows
    }
  }
  return requests
}

/** Packs messages that are not safe to resend. Each message stays whole. */
export function packWhole(messages: readonly SimulatedMessage[]): SimulatedRequest[] {
  const requests: RequestPart[][] = []
  let room = 0
  for (const message of messages) {
    if (message.rows > room) {
      requests.push([])
      room = MAX_OBJECTS
    }
    requests.at(-1)?.push({ message, rows: message.rows })
    room -= message.rows
  }
  return requests
}

/** Halves a request, as the worker does in its search for a culprit. */
export function halves(request: SimulatedRequest): [SimulatedRequest, SimulatedRequest] {
  let room = Math.ceil(objectsIn(request) / 2)
  const [first, second]: [RequestPart[], RequestPart[]] = [[], []]
  for (const { message, rows } of request) {
    const here = Math.min(room, rows)
    if (here > 0) first.push({ message, rows: here })
    if (rows > here) second.push({ message, rows: rows - here })
    room -= here
  }
  return [first, second]
}
