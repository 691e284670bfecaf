import { seededRandom } from '../random.ts'
import { runVirtual } from './virtual.ts'
import { PROD } from './fleets.ts'
import { quantile } from './statistics.ts'
const SECONDS = 120
for (const share of [0.2])
for (const perSecond of [1, 10, 100])
for (const delay of [0, 3]) {
  const random = seededRandom(7)
  const n = perSecond * SECONDS
  const r = await runVirtual({ fleet: { ...PROD, profilesDelaySeconds: delay }, seed: 7, send: async ({ sleep, post }) => {
    const a: Promise<void>[] = []
    for (let i = 0; i < n; i++) {
      await sleep((-Math.log(1 - random()) * 1000) / perSecond)
      const hot = random() < share
      const id = hot ? `hot-${Math.floor(random() * 10)}` : `user-${i}`
      a.push(post({ path: '/v1/activations', body: Buffer.from(JSON.stringify([{ external_id: id, tier: String(i) }])) }))
    }
    await Promise.all(a)
  } })
  console.log(share, perSecond, delay, 'req/10k', Math.round(10000 * r.requests / n), 'obj/req', (r.objects / r.requests).toFixed(2), 'p50', quantile(r.latenciesMs, .5), 'p99', quantile(r.latenciesMs, .99), 'max', Math.max(...r.latenciesMs), 'worker s', Math.round(r.invocations.worker.ms / 1000), r.invocations.worker.times, 'dur', r.durationMs)
}
