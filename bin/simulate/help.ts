export const SIMULATE_HELP = `npm run simulate -- [options]

Simulates the queues, lanes, workers and Braze's rate limit through an outage of Braze: how much waits, how long it
takes to drain, and how late events are meanwhile. The same seed gives the same figures. Asks nobody and needs no AWS;
a billion rows a day take it some seconds to a minute.

Without options it is prod under a billion rows a day, which is more than those settings take: it never drains.
docs/scale.md has settings that do.

What is sent
  --rows-per-day <n>      in all, the whole day at the same rate (1e9)
  --event-share <n>       the share of them that are events, 0 to 1 (0.1); the others come in activations of 10,000 to
                          1,000,000 rows
  --rows-per-request <n>  rows in one request of an activation (5000)
  --events-per-request <n>
                          events in one request of a sender (1)

What happens
  --outage <time>         how long Braze is away (1h)
  --outage-kind <kind>    503, or timeout where it does not answer at all (503)
  --braze-limit <n>       requests a second of the contract, counted over 3 seconds (1000)

The bridge
  --stage <name>          the settings of this stage of cdk.json (prod), unless told otherwise:
  --lanes <n>
  --profiles <n>,<r>      concurrency and requestsPerSecond of this queue
  --events <n>,<r>        the same

How
  --watch <time>          how long to watch after the outage, unless both queues have drained before (6h)
  --step <time>           from one line of the table to the next (10m)
  --seed <n>              (1)
  --help                  shows this

Ends with 0 if both queues drain and nothing is lost, 1 if not, 2 if the command line is wrong.`
