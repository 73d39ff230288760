"""What a command, question, form or button does. Slack-free; everything enters through ``dispatch``."""
