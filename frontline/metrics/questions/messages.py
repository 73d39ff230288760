"""What a person is told where a question gets no figure."""

SMALL_TALK = (
    "I answer questions about customer-service figures, complaints and who owns what. Try: “fcr by channel last month”."
)
COMMAND = "That would change something, and a question changes nothing. See the commands under help."
PERSONAL = "I never show personal data of customers or colleagues. Ask about groups: teams, channels, segments."
OWN = (
    "Your own figures are in App Home where an agreement allows it; here nobody's are shown. "
    "Do you mean the figure of everybody together?"
)
PART_OF_DAY = "I have no figures for a part of a day. Do you mean the whole day?"
EXTREME = "I do not pick out a single {unit}; I can show every {unit} side by side. Is this what you mean?"
SHARE = "I have these as counts, not as shares of a whole. Is this what you mean?"
WHY_BETWEEN = "I explain why a figure changed, not yet why one group is above another. Is this what you mean first?"
WITHOUT_IT = "Is this what you mean without it?"
PEOPLE = "I count contacts and cases, not the different people behind them. Is this what you mean?"
PERSON_LEVEL = (
    "Figures about single agents need an agreement that says who may see them and what for. Ask by team instead."
)
