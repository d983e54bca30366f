import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { openLoggedWorld } from '../../../test/logged-world.ts'
import { until } from '../../../test/until.ts'
import { systemClock } from '../../lib/clock.ts'
import { freePort } from '../../lib/test-port.ts'
import { testCertificate } from '../smtp/test-certificate.ts'
import { type KafkaEventLog, openKafkaEventLog } from './event-log.ts'
import { openRelay, relayGroup } from './relay.ts'
import { addressOf, isKafkaAbsent, startTestKafka, type TestKafka, testKafka } from './test-kafka.ts'

// A broker takes seconds to start, and a client seconds to see that one is gone.
setDefaultTimeout(180_000)

const jaas = 'org.apache.kafka.common.security'
const open = (url: string): KafkaEventLog =>
  openKafkaEventLog({ address: addressOf(url), clock: systemClock, report: () => undefined })

if (!isKafkaAbsent)
  describe.skipIf(testKafka === undefined)('a Kafka of its own', () => {
    let kafka: TestKafka
    let [sasl, secure] = [0, 0]

    beforeAll(async () => {
      ;[sasl, secure] = [await freePort(), await freePort()]
      const accounts = ['sasl', 'secure'].flatMap((listener) => [
        `listener.name.${listener}.plain.sasl.jaas.config=${jaas}.plain.PlainLoginModule required user_confab="hush";`,
        ...['scram-sha-256', 'scram-sha-512'].map(
          (mechanism) =>
            `listener.name.${listener}.${mechanism}.sasl.jaas.config=${jaas}.scram.ScramLoginModule required;`,
        ),
      ])
      kafka = await startTestKafka({
        listeners: `SASL://127.0.0.1:${sasl},SECURE://localhost:${secure}`,
        files: { 'keystore.pem': testCertificate.key + testCertificate.cert, 'ca.pem': testCertificate.cert },
        settings: ({ folder }) => [
          'sasl.enabled.mechanisms=PLAIN,SCRAM-SHA-256,SCRAM-SHA-512',
          'ssl.keystore.type=PEM',
          `ssl.keystore.location=${folder}/keystore.pem`,
          ...accounts,
        ],
        words: ['256', '512'].flatMap((bits) => [
          '--add-scram',
          `SCRAM-SHA-${bits}=[name=confab,password=hush]`,
        ]),
      })
    })
    afterAll(() => kafka[Symbol.asyncDispose]())

    test('[KAFKA2] a password is shown in three ways, over TLS too where the broker is vouched for; a wrong one is refused', async () => {
      const ca = `ca=${encodeURIComponent(kafka.file('ca.pem'))}`
      const opens = async (url: string) => {
        await using log = open(url)
        return await log.publish([]).then(
          () => log.isUp,
          () => false,
        )
      }
      const at = (mechanism: string, password = 'hush') =>
        `kafka://confab:${password}@127.0.0.1:${sasl}/ways?mechanism=${mechanism}`
      const over = (words: string) =>
        `kafkas://confab:hush@localhost:${secure}/ways?mechanism=scram-sha-512${words}`
      const asked = {
        ...{ plain: at('plain'), scram256: at('scram-sha-256'), scram512: at('scram-sha-512') },
        ...{ wrongPlain: at('plain', 'loud'), wrongScram: at('scram-sha-512', 'loud') },
        ...{ tls: over(`&${ca}`), unknownAuthority: over('') },
        several: `kafka://127.0.0.1:1,127.0.0.1:${kafka.port},127.0.0.1:2/ways`,
      }
      const answers = await Promise.all(
        Object.entries(asked).map(async ([way, url]) => [way, await opens(url)] as const),
      )
      expect(Object.fromEntries(answers)).toEqual({
        ...{ plain: true, scram256: true, scram512: true, wrongPlain: false, wrongScram: false },
        ...{ tls: true, unknownAuthority: false, several: true },
      })
    })

    test('[KAFKA3] killed, it holds up nobody who writes; started again, who follows has everything, in order', async () => {
      await using stack = new AsyncDisposableStack()
      const { world, openLog } = await openLoggedWorld(stack)
      const own = stack.use(openLog())
      const log = stack.use(open(`${kafka.url}/killed`))
      stack.use(openRelay(own, log))
      const ann = await world.user('ann')
      const group = await world.group([ann])
      const seqs: number[] = []
      const waiting = new Map<number, () => void>()
      stack.use(
        log.follow('readers', async (events) => {
          for (const { seq } of events) if (seq > (seqs.at(-1) ?? 0)) seqs.push(seq)
          waiting.get(seqs.at(-1) ?? 0)?.()
        }),
      )
      const reached = (seq: number) =>
        new Promise<void>((resolve) => {
          waiting.set(seq, resolve)
          if (seqs.at(-1) === seq) resolve()
        })
      await reached(1)

      await kafka.kill()
      for (let count = 0; count < 20; count++) await world.send(group, ann)
      const isUp = () => log.isUp
      await until(async () => !isUp(), 'the broker to be missed')
      expect([await own.lag(relayGroup), seqs]).toEqual([20, [1]])

      await kafka.start()
      await reached(21)
      expect(seqs).toEqual(Array.from({ length: 21 }, (_, index) => index + 1))
      await until(async () => (await own.lag(relayGroup)) === 0, 'the relay to have noted it all')
      // Asked every two seconds; what was written meanwhile may have come by a broker that is not asked yet.
      await until(async () => isUp(), 'the broker to be asked again')
    })
  })
