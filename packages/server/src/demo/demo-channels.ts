import { everybody } from './demo-people.ts'
import type { Script } from './demo-script.ts'

const lanternStreet: Script = {
  kind: 'channel',
  name: 'lantern-street',
  topic: 'The workshop, the café, and whoever is in them. Open day: the day after tomorrow!',
  visibility: 'public',
  members: everybody,
  admins: ['leila'],
  days: [
    [
      6,
      [
        [
          '09:02',
          'mara',
          'Good morning! The frame jig is back from repair, so stand 2 is free again. Thank you for your patience, and @piet for knowing exactly which bolt it was.',
          { as: 'jig', reactions: { '❤️': ['piet', 'tobias', 'sam'] } },
        ],
        [
          '09:10',
          'piet',
          'It was the only bolt that I had never oiled. Shame finds us all.',
          { to: 'jig', reactions: { '😂': ['mara', 'sam', 'rosa', 'aisha'] } },
        ],
        [
          '11:41',
          'priya',
          'Cardamom buns, second tray, now.',
          { reactions: { '🙌': ['sam', 'kenji', 'leila', 'jonas'] } },
        ],
        ['11:42', 'sam', 'running'],
        [
          '11:44',
          'priya',
          'Please don’t run. We are a bicycle workshop with a wet floor.',
          { reactions: { '😂': ['tobias', 'mara', 'sam'] } },
        ],
      ],
    ],
    [
      5,
      [
        [
          '10:15',
          'jonas',
          'Receipts for last month, please. A photo is fine. A photo of the drawer in which the receipts are is not.',
          { as: 'receipts', reactions: { '😅': ['kenji', 'tobias'] } },
        ],
        ['10:31', 'tobias', 'What about a photo of the drawer from the inside?', { to: 'receipts' }],
        ['10:32', 'jonas', 'Tobias.', { reactions: { '😂': ['sam', 'aisha', 'mara', 'priya', 'rosa'] } }],
        [
          '15:20',
          'leila',
          'Three new volunteers signed up at the market. I’ll show them round on their first evening. Two of them can true a wheel already!',
          { reactions: { '🎉': ['mara', 'aisha', 'rosa', 'priya'] } },
        ],
      ],
    ],
    [
      3,
      [
        [
          '08:55',
          'aisha',
          'The band said yes! Four people, no amplifier, paid in soup.',
          { as: 'band', reactions: { '🎶': ['mara', 'kenji', 'leila', 'rosa'], '🍲': ['priya'] } },
        ],
        ['09:03', 'mara', 'Best news of the week. Priya, how much soup is a band?', { to: 'band' }],
        ['09:20', 'priya', 'One band is two pots. I’ll make the lentil one, so that everybody can eat it.'],
        [
          '17:48',
          'kenji',
          'The poster is in the crew’s group. If you see a typo, tell me today: the printer takes it tomorrow at noon.',
        ],
      ],
    ],
    [
      2,
      [
        [
          '12:05',
          'rosa',
          '¡Chicos! Eleven children in the course today. Eleven. Only one person cried, and it was me.',
          { as: 'eleven', reactions: { '❤️': ['mara', 'leila', 'piet', 'priya', 'aisha', 'sam'] } },
        ],
        ['12:11', 'leila', 'أحسنتِ يا روزا! You have earned the big chair.', { to: 'eleven' }],
        [
          '16:30',
          'mara',
          'Please lock the side door in the evening. It was open again this morning.',
          { important: true },
        ],
        ['16:33', 'sam', 'that was me, sorry!! won’t happen again', { as: 'sorry' }],
        ['16:35', 'mara', 'Thank you for saying so. The trick is to lift the handle first.', { to: 'sorry' }],
      ],
    ],
    [
      1,
      [
        [
          '09:30',
          'tobias',
          'Found: one left glove, one thermos, one very small tambourine. On the shelf by the sink.',
        ],
        ['09:52', 'aisha', 'The tambourine is mine.'],
        [
          '09:53',
          'aisha',
          'So is the thermos, now.',
          { reactions: { '😂': ['tobias', 'sam', 'kenji', 'leila'] } },
        ],
        [
          '14:10',
          'jonas',
          'The books balance. I mention it because nobody ever asks.',
          { reactions: { '👏': ['mara', 'piet', 'priya', 'leila', 'kenji'] } },
        ],
      ],
    ],
    [
      0,
      [
        [
          95,
          'mara',
          'Two days to go. Who does what is pinned in the crew’s group. If your name isn’t on the list and you’d like it to be, write to @leila.',
          { pinnedBy: 'mara', reactions: { '💪': ['tobias', 'aisha', 'rosa'] } },
        ],
        [70, 'sam', 'can I do the puncture table?? I’m fast now', { as: 'puncture' }],
        [
          66,
          'tobias',
          'He is. Four minutes twenty, and the tube holds air afterwards.',
          { to: 'puncture', reactions: { '💪': ['sam', 'piet', 'mara'] } },
        ],
        [22, 'leila', '@sam you’re on it, from ten to one. Bring the small levers.'],
        [9, 'priya', 'The test batch for the open day is on the counter. Opinions are welcome, short ones.'],
      ],
    ],
  ],
  unread: { mara: 2, tobias: 2, sam: 2, jonas: 3, kenji: 3, rosa: 5, aisha: 2, piet: 9, leila: 1 },
  own: { mara: { pinned: true }, jonas: { muted: true } },
}

const repairQuestions: Script = {
  kind: 'channel',
  name: 'repair-questions',
  topic: 'There are no silly ones. There are silly answers, mostly by Tobias.',
  visibility: 'public',
  members: ['tobias', 'sam', 'piet', 'mara', 'rosa', 'leila'],
  admins: ['piet'],
  days: [
    [
      4,
      [
        [
          '13:20',
          'sam',
          'a customer says her bike “clicks, but only uphill, and only when it rains”. where do I even start',
          { as: 'click', reactions: { '😂': ['mara', 'tobias'] } },
        ],
        [
          '13:26',
          'tobias',
          'Uphill she stands on the pedals: look at the bottom bracket and the left crank. Rain: look at whatever is dry. Both together: left crank bolt, nine times of ten.',
          { to: 'click', as: 'crank', reactions: { '💡': ['sam', 'rosa', 'leila'] } },
        ],
        [
          '13:40',
          'piet',
          'The tenth time it is the saddle. She leans on it uphill and the leather is wet.',
          { to: 'crank', reactions: { '😮': ['sam', 'tobias'] } },
        ],
        ['15:02', 'sam', 'it was the saddle', { reactions: { '👑': ['tobias', 'mara', 'rosa', 'leila'] } }],
        ['15:05', 'piet', 'I shall be insufferable until dinner.'],
      ],
    ],
    [
      2,
      [
        [
          '10:08',
          'rosa',
          'The children’s bikes with the coaster brake: is it grease or oil in the hub? I have heard both from people I trust.',
          { as: 'hub' },
        ],
        [
          '10:15',
          'piet',
          'Grease. Oil finds its way out, and then the rim is shiny and the child is not slower.',
          { to: 'hub', pinnedBy: 'tobias' },
        ],
        [
          '10:17',
          'rosa',
          'Gracias. I’ll pass it on to the person who said oil. (It was Sam.)',
          { reactions: { '🙈': ['sam'] } },
        ],
      ],
    ],
    [
      1,
      [
        [
          '17:31',
          'sam',
          'torque for the carbon seatpost?',
          {
            as: 'torque',
            edited: 'torque for the carbon seatpost? (5 Nm, it’s printed on it. I looked. sorry)',
          },
        ],
        [
          '17:36',
          'tobias',
          'This is how it begins: first one reads the label, then one reads the manual.',
          { to: 'torque', reactions: { '🎓': ['sam', 'mara'] } },
        ],
      ],
    ],
    [
      0,
      [
        [
          40,
          'leila',
          'Somebody on the phone asks whether we take tandems on the open day. Do we?',
          { as: 'tandem' },
        ],
      ],
    ],
  ],
  unread: { tobias: 1, sam: 1, piet: 1, mara: 1, rosa: 3 },
}

const ideas: Script = {
  kind: 'channel',
  name: 'ideas',
  topic: 'For later, for next year, for never. Come in.',
  visibility: 'public',
  members: ['kenji', 'aisha', 'leila', 'jonas'],
  days: [
    [
      6,
      [
        [
          '19:02',
          'kenji',
          'A library, but of tools. You borrow a truing stand for a week.',
          { as: 'library', reactions: { '👍': ['aisha', 'leila'], '🤔': ['jonas'] } },
        ],
        ['19:15', 'jonas', 'Who pays for what doesn’t come back?', { to: 'library' }],
        [
          '19:18',
          'kenji',
          'A deposit. And a photo of you holding the tool, on the wall.',
          { reactions: { '😂': ['aisha', 'leila', 'jonas'] } },
        ],
      ],
    ],
    [
      3,
      [
        [
          '20:40',
          'aisha',
          'Night ride with lanterns, for the street’s birthday. We are called Lantern Street and nobody has ever lit one.',
          { reactions: { '🏮': ['kenji', 'leila'], '❤️': ['jonas'] } },
        ],
        ['20:47', 'leila', 'My cousins have forty paper lanterns from a wedding. I’m only saying.'],
      ],
    ],
  ],
  unread: { jonas: 1 },
}

const cafeRota: Script = {
  kind: 'channel',
  name: 'café-rota',
  topic: 'Who opens, who closes, who washes up. Swap here, not by shouting.',
  members: ['priya', 'leila', 'rosa', 'jonas'],
  days: [
    [
      4,
      [
        ['18:10', 'priya', 'Next week: Leila opens, I bake, Jonas closes and may not touch the milk foam.'],
        ['18:14', 'jonas', 'It was one time.', { reactions: { '🥛': ['priya', 'leila', 'rosa'] } }],
      ],
    ],
    [
      1,
      [
        [
          '08:20',
          'rosa',
          'Could somebody take my morning tomorrow? The course needs me until eleven.',
          { as: 'swap' },
        ],
        ['08:26', 'leila', 'I can, if you take my closing.', { to: 'swap', reactions: { '🤝': ['rosa'] } }],
      ],
    ],
    [
      0,
      [
        [
          150,
          'priya',
          'We are out of oat milk. I’m telling you before the customers do.',
          { important: true },
        ],
      ],
    ],
  ],
  unread: { leila: 1, jonas: 1 },
}

export const demoChannels: readonly Script[] = [lanternStreet, repairQuestions, ideas, cafeRota]
