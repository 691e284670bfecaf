import { readFileSync } from 'node:fs'
import { CONTEXT } from '../../bin/proof/lambda-context.ts'
import { handler } from '../../functions/receiver/handler.ts'

/**
 * Runs in a separate process, bundled, as Lambda runs the receiver. It handles the one event in the file that
 * the first argument names, and sends back the answer, the CPU time in milliseconds and the peak memory in
 * MB.
 */
const event = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8'))
const before = process.cpuUsage()
const { statusCode, body } = await handler(event, CONTEXT)
const { user, system } = process.cpuUsage(before)
process.send?.({ status: statusCode, body, cpuMs: (user + system) / 1000, peakMb: peakMb() })
process.disconnect()

/**
 * The peak memory of this process: heap, buffers and Node itself. The value comes from Linux (VmHWM), because
 * the one that Node reports starts with the memory of the parent process.
 */
function peakMb(): number {
  const [, kib] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8')) ?? []
  return Number(kib) / 1024
}
