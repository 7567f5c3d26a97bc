"""The pure rules of enrolment: facts in, decision out; no Django, no clock, no query. 规则."""
