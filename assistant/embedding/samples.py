"""Sentences to compare int8 with float32 on: short and long, plain and odd, of our own writing."""

SAMPLES = (
    "Yes.",
    "When?",
    "Who signed it?",
    "How much money was frozen?",
    "What did the foreign ministry say about the talks on Monday?",
    "Which countries have recognised the new government so far?",
    "Where will the next summit be held, and who pays for it?",
    "Why was the vote put off twice?",
    "The minister resigned.",
    "Trade between the two countries rose by 14.6% to $1.2 billion in the first half of the year.",
    "“We will not be the ones to walk away,” the spokeswoman said.",
    "He did not say when the border crossing would reopen.",
    "The bank raised its key rate by a quarter point, to 5.25%, the tenth rise in a row.",
    "Rain fell for nine days, and the river rose above its banks at four places.",
    "A court in The Hague ordered the state to cut emissions.",
    "The company, founded in 1987, employs 3,400 people in eleven countries.",
    "Opposition leaders called the election a farce; observers called it calm.",
    "Pine nuts are exported by air along a corridor opened in November.",
    "Her second novel sold fewer copies than her first.",
    "The vaccine was tested on 30,000 volunteers over six months.",
    "Photo by a staff photographer",
    "Subscribe to our newsletter for the latest news.",
    "Update 08/16/22, 5:30 p.m. ET: this story was changed to add a comment.",
    "1. Security. 2. Trade. 3. Visas.",
    "GDP, CPI, PMI, FX",
    "No. 10 said nothing; Sen. J. R. Smith Jr. (R-Tex.) said too much.",
    "The ship left Odesa at 6 a.m. with 26,000 tonnes of corn for Lebanon.",
    "Scientists measured the ice at 2,100 metres, where it is 45,000 years old.",
    "If the reservoir falls below 1,050 feet, the turbines stop.",
    "The two sides agreed to exchange 230 prisoners, the largest exchange since the war began.",
    "It was, she said, “the worst deal in a generation”, and she would vote against it.",
    "The museum returned the bronzes that soldiers had taken in 1897.",
    "Prices of wheat futures fell in Chicago.",
    "Der Kanzler reiste am Montag nach Warschau.",
    "Le président a annoncé une réforme des retraites.",
    "今天北京的天气很好。",
    "Правительство объявило о новых мерах.",
    "قال الوزير إن المحادثات ستستمر.",
    "😀 🎉 !!! ???",
    "http://example.org/a/b?c=d&e=f#g",
    "def main(): return {'a': 1}",
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    "the the the the the the the the the the",
    "42",
    "-3.5e-10, 1/3, 0xFF, 10^9",
    "To be, or not to be, that is the question.",
    "Antidisestablishmentarianism and pneumonoultramicroscopicsilicovolcanoconiosis are long words.",
    "The treaty of 1905 ended the union between the two kingdoms.",
    "A magnitude 6.1 earthquake struck before dawn and killed at least 1,000 people.",
    "Banks may transfer funds for food, medicine and the salaries of teachers under the licence.",
    "Neither the army nor the police would say who had given the order.",
    "Aid groups warn that half of the population, some 20 million people, does not have enough to eat.",
    "The plant makes batteries.",
    "Asked whether he would run again, the mayor laughed, thanked the reporters and got into his car.",
    (
        "The report, which runs to 412 pages and took three years, blames a chain of small mistakes rather than one"
        " large one: a valve that was not closed, an alarm that was switched off because it had rung too often, a night"
        " shift of two where four were prescribed, and a manager who was told of all three and wrote none of them down."
    ),
    (
        "Under the plan the ministry would buy surplus milk at a fixed price, store it as powder and sell it abroad,"
        " which farmers welcome, economists doubt and neighbouring countries have said they will challenge."
    ),
    (
        "The committee met on 3 March, on 17 March and on 2 April. It heard 41 witnesses. It could not agree on a text,"
        " and its chair, who had hoped for one voice, published two reports: one of the majority and one of the rest."
    ),
    "There is no evidence, the agency said, that votes were lost or changed.",
    "Asia | Politics | Opinion",
    "By our correspondent in Tashkent",
)
