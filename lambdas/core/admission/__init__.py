"""Before anything is paid: may this request run here, and what would it cost?"""
