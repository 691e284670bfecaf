import { readFileSync } from 'node:fs'
import { handler } from '../../functions/receiver/handler.ts'
import { CONTEXT } from './lambda-context.ts'

/**
 * Runs in a process of its own, bundled, as Lambda runs the receiver: takes the one event in the file that the first
 * argument names, and sends back the answer and what it took.
 */
const event = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8'))
const before = process.cpuUsage()
const { statusCode, body } = await handler(event, CONTEXT)
const { user, system } = process.cpuUsage(before)
process.send?.({ status: statusCode, body, cpuMs: (user + system) / 1000, peakMb: peakMb() })
process.disconnect()

/**
 * The most memory that this process ever had, all of it: heap, buffers and Node itself. Linux's own count, since the
 * one that Node asks for begins with that of the process which started this one.
 */
function peakMb(): number {
  const [, kib] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8')) ?? []
  return Number(kib) / 1024
}
